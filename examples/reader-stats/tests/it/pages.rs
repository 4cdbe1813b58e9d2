//! What the first response says: all of it, without JavaScript.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::site::{OTHER, POST, Site, seconds};

async fn ask(site: &Site, path: &str) -> Response {
    site.router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

/// A page as it is fetched.
pub(crate) async fn get(site: &Site, path: &str) -> String {
    let response = ask(site, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[firecrest::test]
async fn b003_b021_the_first_html_has_the_number() {
    let site = Site::new();
    let path = format!("/blog/{POST}");
    assert!(get(&site, &path).await.contains("<b>0</b> readers"));
    let _page = site.open(POST).await;
    seconds(11).await;
    let html = get(&site, &path).await;
    assert!(html.contains("<b>1</b> reader<"), "{html}");
    assert!(html.contains("1 reading now"), "{html}");
    assert!(get(&site, "/blog").await.contains("<b>1</b> reader<"), "and so has the list");
}

#[firecrest::test]
async fn a_post_is_read_without_javascript() {
    let html = get(&Site::new(), &format!("/blog/{POST}")).await;
    for part in [
        "<title data-default=\"Field notes\" data-suffix=\" · Firecrest\">Who is a reader? · Firecrest</title>",
        "<h1 id=\"title\">Who is a reader?</h1>",
        "<time datetime=\"2026-11-16\">16 November 2026</time>",
        "<h2>First the mark, then the number</h2>",
        "<pre class=\"code\" tabindex=\"0\">",
        &format!("href=\"/blog/{OTHER}\""),
    ] {
        assert!(html.contains(part), "no {part} in {html}");
    }
}

#[firecrest::test]
async fn the_list_has_every_published_post_the_newest_first() {
    let site = Site::new();
    let mut page = site.visitor().open("/blog").await.unwrap();
    let titles = page.texts(".posts h2");
    assert_eq!(titles, ["Who is a reader?", "One page, many readers", "Fifty milliseconds", "Coming back"]);
    page.element(".posts a", "Fifty milliseconds").click().await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.address(), "/blog/fifty-milliseconds");
    let others = page.texts(".more a");
    assert_eq!(others, ["NewerOne page, many readers", "OlderComing back"]);
}

#[firecrest::test]
async fn pages_are_strict_about_scripts_and_styles() {
    let site = Site::new();
    for path in ["/blog", "/blog/stats", &format!("/blog/{POST}")] {
        let response = ask(&site, path).await;
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let html = get(&site, path).await;
        assert!(!html.contains(" style=\"") && html.matches("<script").count() == 1, "{path}");
    }
}

#[firecrest::test]
async fn a_post_that_there_is_not_is_not_found() {
    let site = Site::new();
    for path in ["/blog/nope", "/blog/written-down", "/blog/who-is-a-reader.md", "/blog/..%2FCargo"] {
        assert_eq!(ask(&site, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[firecrest::test]
async fn b010_every_visitor_gets_a_number_and_keeps_it_unless_it_is_made_up() {
    let site = Site::new();
    let first = site.cookie(None).await.unwrap();
    assert_ne!(site.cookie(None).await.unwrap(), first);
    assert_eq!(site.cookie(Some(&first)).await, None, "nothing has changed");
    let (payload, signature) = first.rsplit_once('.').unwrap();
    for forged in [format!("{}.{signature}", payload.replace('Y', "Z")), format!("{payload}.AAAA")] {
        assert_ne!(forged, first);
        assert!(site.cookie(Some(&forged)).await.is_some(), "another one for {forged}");
    }
}

impl Site {
    /// The cookie that a visitor with this one is given.
    async fn cookie(&self, cookie: Option<&str>) -> Option<String> {
        let request = Request::get("/blog").header(COOKIE, cookie.unwrap_or_default());
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let line = response.headers().get(SET_COOKIE)?.to_str().unwrap();
        Some(line.split(';').next().unwrap().to_owned())
    }
}
