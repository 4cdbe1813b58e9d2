//! What the first response says.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use firecrest::Endpoint;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

const PAGES: [&str; 13] = [
    "/live-demo",
    "/counter",
    "/live-demo/form",
    "/live-demo/order",
    "/live-demo/list",
    "/live-demo/endless",
    "/live-demo/search",
    "/live-demo/pages/wren",
    "/live-demo/nested",
    "/live-demo/components",
    "/live-demo/gallery",
    "/live-demo/modal",
    "/live-demo/keys",
];

async fn get(path: &str) -> Response {
    let router = live_demo::router(&Endpoint::builder().build().unwrap());
    router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

async fn html(path: &str) -> String {
    let response = get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

/// What stands between these two, the first time.
fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = html.split_once(start).unwrap_or_else(|| panic!("no {start} in {html}"));
    rest.split_once(end).unwrap().0
}

#[firecrest::test]
async fn f001_a_page_is_whole_before_there_is_a_socket() {
    for path in PAGES {
        let html = html(path).await;
        let title = between(&html, "<h1>", "</h1>");
        assert_eq!(
            between(&html, "data-suffix=\" · Firecrest\">", "</title>"),
            format!("{title} · Firecrest")
        );
        assert!(between(&html, "<p class=\"lede\">", "</p>").ends_with('.'), "{path}");
        assert_eq!(html.matches("data-phx-main").count(), 1, "{path}");
    }
}

#[firecrest::test]
async fn f029_the_menu_marks_where_the_visitor_is() {
    for path in &PAGES[1..] {
        let html = html(path).await;
        let menu = between(&html, "<nav class=\"tabs\" aria-label=\"Pages\">", "</nav>");
        assert_eq!(menu.matches("data-phx-link=\"redirect\"").count(), 12);
        let (before, _) = menu.split_once(" aria-current=\"page\"").unwrap();
        let marked = before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap();
        assert!(path.starts_with(marked), "{path}: {marked}");
    }
}

#[firecrest::test]
async fn pages_are_strict_about_scripts() {
    for path in PAGES {
        let response = get(path).await;
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let html = html(path).await;
        assert!(!html.contains(" style=\"") && html.matches("<script").count() == 1, "{path}");
    }
}

#[firecrest::test]
async fn a_bird_that_there_is_not_is_not_found() {
    assert_eq!(get("/live-demo/pages/dodo").await.status(), StatusCode::NOT_FOUND);
}

#[firecrest::test]
async fn f076_members_are_let_in_over_http_too() {
    let response = get("/live-demo/members").await;
    assert_eq!(
        (response.status(), &response.headers()[LOCATION]),
        (StatusCode::FOUND, &"/live-demo/form".parse().unwrap())
    );
}

#[firecrest::test]
async fn f145_nobody_is_logged_in_by_a_form_of_another_page() {
    let router = live_demo::router(&Endpoint::builder().build().unwrap());
    let request = Request::post("/live-demo/login")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("login[name]=Ann&login[password]=firecrest"))
        .unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
}
