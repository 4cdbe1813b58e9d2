//! The first HTTP response (spec §1).

use firecrest::live::{Document, Html, LayoutContext};
use firecrest::prelude::*;

use crate::pages::{Lab, Other, root};
use crate::visitor::{Visitor, ok};

fn layout(context: &LayoutContext<'_>, inner: &Html) -> Html {
    html! { <nav>{context.uri()}</nav>{inner} }
}

#[tokio::test]
async fn f001_a_page_is_rendered_in_its_container_and_document() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await;
    let page = visitor.get("/lab?x=%3Cb%3E").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.starts_with("<!DOCTYPE html>"), "{}", page.body);
    assert!(page.id().starts_with("phx-"));
    assert!(page.body.contains("\" data-phx-main data-phx-session=\""), "{}", page.body);
    assert!(page.body.contains("<output>0</output><i>/lab?x=%3Cb%3E</i></div></body>"), "{}", page.body);
    assert_ne!(page.id(), visitor.get("/lab").await.id(), "an id is for one page");
}

#[tokio::test]
async fn f002_f004_layout_and_container_are_the_views_or_the_sessions() {
    let pages = |live: firecrest::live::LiveMount| {
        live.root_layout(root).layout(layout).page::<Lab>("/lab").page::<Other>("/other")
    };
    let mut visitor = Visitor::of(pages).await;
    let page = visitor.get("/lab").await;
    assert!(page.body.contains("<nav>/lab</nav><output>0</output>"), "{}", page.body);
    let page = visitor.get("/other").await;
    assert!(page.body.contains("<section id=\"phx-"), "{}", page.body);
    assert!(page.body.contains(" class=\"other\"><nav>/other</nav><h1>Other</h1>"), "{}", page.body);
}

#[tokio::test]
async fn f028_the_title_is_the_views_or_the_default() {
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab").page::<Other>("/other")).await;
    let title = " data-default=\"Nothing\" data-suffix=\" · Test\">";
    let page = visitor.get("/lab").await;
    assert!(page.body.contains(&format!("<title{title}Nothing · Test</title>")), "{}", page.body);
    let page = visitor.get("/other").await;
    assert!(page.body.contains(&format!("<title{title}Other · Test</title>")), "{}", page.body);
}

#[tokio::test]
async fn f102_a_redirect_of_mount_is_one_of_http_and_keeps_the_flash() {
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab").page::<Other>("/other")).await;
    let page = visitor.get("/lab?redirect=/other%3Fx").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/other?x")));
    assert_eq!(visitor.get("/other").await.status, 200);
    let page = visitor.get("/lab?then=external").await;
    assert_eq!((page.status, page.header("location")), (302, Some("https://example.com/x")));
    let page = visitor.get("/lab?then=/lab").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/lab")));
}

#[tokio::test]
async fn f107_a_redirect_to_another_host_by_a_path_is_a_500() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await;
    for to in ["//evil.example", "/%5Cevil.example", "https://evil.example"] {
        assert_eq!(visitor.get(&format!("/lab?redirect={to}")).await.status, 500, "{to}");
    }
}

/// Spec §8.4.
#[tokio::test]
async fn a_mount_that_fails_is_an_error_page() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await;
    assert_eq!(visitor.get("/lab?status=404").await.status, 404);
    assert_eq!(visitor.get("/lab?panic").await.status, 500);
    assert_eq!(visitor.get("/lab?x=%ff").await.status, 400);
    assert_eq!(visitor.get("/none").await.status, 404);
}

fn fragile_root(document: &Document<'_>) -> Html {
    assert!(!document.uri().ends_with("?panic"), "was told to");
    root(document)
}

/// Spec §8.4.
#[tokio::test]
async fn a_root_layout_that_panics_is_an_error_page() {
    let mut visitor = Visitor::of(|live| live.root_layout(fragile_root).page::<Other>("/other")).await;
    assert_eq!(visitor.get("/other?panic").await.status, 500);
    assert_eq!(visitor.get("/other").await.status, 200);
}

/// The socket finds a page by the address that the browser has, which it could not below another path.
#[tokio::test]
async fn a_page_below_another_routers_path_is_not_found() {
    let endpoint = crate::support::endpoint();
    let pages: axum::Router = endpoint.live("/live").root_layout(root).page::<Lab>("/lab").into_router();
    let app = axum::Router::new().nest("/app", pages.clone()).merge(pages);
    let mut visitor = Visitor::at(endpoint, app).await;
    assert_eq!(visitor.get("/app/lab").await.status, 404);
    assert_eq!(visitor.get("/lab").await.status, 200);
}

#[tokio::test]
async fn f105_a_live_session_without_a_name_takes_a_free_one() {
    let endpoint = crate::support::endpoint();
    let named = endpoint.pages("/live").session("default 3", |pages| pages).page::<Lab>("/lab");
    let unnamed = endpoint.live("/live").page::<Lab>("/more");
    let app = axum::Router::new().merge(named).merge(unnamed);
    let mut visitor = Visitor::at(endpoint, app).await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let more = json!({"url": "http://localhost/more"});
    let reply = tab.ask(&page.topic(), "live_patch", more).await;
    assert_eq!(ok(&reply), &json!({"link_redirect": true}), "it is another session");
}

#[tokio::test]
async fn f105_names_of_live_sessions_are_taken_once() {
    let endpoint = crate::support::endpoint();
    let pages = || endpoint.pages("/live").session("admin", |pages| pages);
    let _first: axum::Router = pages().into_router();
    let second = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pages().into_router::<()>()));
    assert!(second.is_err());
}

#[tokio::test]
async fn the_client_is_served_from_the_folder_of_its_packages() {
    let packages = tempfile::tempdir().unwrap();
    let builds =
        ["phoenix/priv/static/phoenix.min.js", "phoenix_live_view/priv/static/phoenix_live_view.min.js"];
    for build in builds {
        let path = packages.path().join(build);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("/* {build} */")).unwrap();
    }
    let mut visitor = Visitor::of(|live| live.client(packages.path()).page::<Lab>("/lab")).await;
    let page = visitor.get("/lab").await;
    assert!(page.body.contains("<script type=\"module\" src=\"/assets/live.js\"></script>"), "{}", page.body);
    let script = visitor.get("/assets/live.js").await;
    let at = |text: &str| script.body.find(text).unwrap_or_else(|| panic!("no {text} in {}", script.body));
    assert!(at(builds[0]) < at(builds[1]) && at(builds[1]) < at("new LiveView.LiveSocket("));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
}

#[tokio::test]
async fn a_missing_client_is_named_with_what_installs_it() {
    let endpoint = crate::support::endpoint();
    let mount = endpoint.live("/live").client("no such folder");
    let panic =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| mount.into_router::<()>())).unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    assert!(
        said.contains("no such folder") && said.contains("npm install phoenix phoenix_live_view"),
        "{said}"
    );
}
