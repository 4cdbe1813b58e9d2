//! Opening pages, and what a visitor brings (T01–T03).

use std::net::SocketAddr;

use firecrest::live::{LiveConnection, LiveHost};
use firecrest::prelude::*;
use firecrest_test::{NoPage, RedirectKind, TestBrowser, TestPage, TestView, settle};
use http::StatusCode;

use super::fixture::{Family, Visitor, browser, desk, endpoint, site};

#[tokio::test(start_paused = true)]
async fn t01_a_page_is_rendered_and_then_joined() {
    let endpoint = endpoint();
    let page = TestPage::open(&endpoint, site(&endpoint), "/desk?page=4").await.unwrap();
    assert_eq!(page.text("#where"), "4 at /desk?page=4");
    assert_eq!((page.address().as_str(), page.is_live()), ("/desk?page=4", true));
    assert_eq!(endpoint.connections(), 1);
    drop(page);
    settle().await;
    assert_eq!(endpoint.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn t01_a_page_without_views_is_one_too() {
    let page = browser().open("/plain").await.unwrap();
    assert_eq!((page.title(), page.text("p"), page.is_live()), ("Plain".into(), "Hello".into(), false));
    assert_eq!(page.html(), "<p>Hello</p><a href=\"/desk\">desk</a>");
}

#[tokio::test(start_paused = true)]
async fn t01_a_redirect_is_an_error_with_the_flash() {
    let redirect = browser().open("/gate/redirect").await.unwrap_err().into_redirect();
    assert_eq!((redirect.address(), redirect.kind()), ("/plain", RedirectKind::Http(StatusCode::FOUND)));
    assert_eq!(redirect.flash().get("error"), Some("not here"));
    assert_eq!(redirect.follow().await.unwrap().text("p"), "Hello");
}

#[tokio::test(start_paused = true)]
async fn t01_a_redirect_of_the_socket_is_an_error_too() {
    let redirect = browser().open("/gate/turned").await.unwrap_err().into_redirect();
    assert_eq!((redirect.address(), redirect.kind()), ("/plain", RedirectKind::Load));
}

#[tokio::test(start_paused = true)]
async fn t01_an_error_page_is_an_error() {
    for (path, status) in [("/gate/missing", 404), ("/nowhere", 404), ("/gate/lost", 404)] {
        let error = browser().open(path).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{path}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn t62_a_crash_while_mounting_is_told_with_its_reason() {
    let error = browser().open("/gate/broken").await.unwrap_err();
    assert!(error.to_string().contains("the gate is broken"), "{error}");
    let error = browser().open("/gate/halfway").await.unwrap_err();
    assert!(matches!(&error, NoPage::Join { reason: Some(_), .. }), "{error:?}");
    assert!(error.to_string().contains("halfway broken"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn t02_a_view_is_mounted_without_a_route() {
    let mut page = TestView::mount::<Family>().await;
    page.element("button", "other").click().await;
    assert_eq!((page.text("#born"), page.children()), ("1".into(), vec!["ann".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn t02_a_view_by_itself_is_given_what_it_needs() {
    let view = TestView::on(&endpoint()).given("user", "ann").session("user", "bob");
    assert_eq!(view.open::<Visitor>("/any/where?x=1").await.unwrap().text("p"), "ann in nowhere");
    let view = TestView::new().session("user", "bob");
    assert_eq!(view.open::<Visitor>("/").await.unwrap().text("p"), "bob in nowhere");
}

#[tokio::test(start_paused = true)]
async fn t03_a_visitor_has_a_session_and_connect_params() {
    let browser = browser().session("user", "ann").connect_params(json!({ "zone": "UTC" }));
    assert_eq!(browser.open("/visitor").await.unwrap().text("p"), "ann in UTC");
    assert_eq!(browser.open("/visitor").await.unwrap().text("p"), "ann in UTC");
}

#[tokio::test(start_paused = true)]
async fn t03_another_page_of_the_same_visitor_has_the_same_session() {
    let page = browser().session("user", "ann").open("/plain").await.unwrap();
    assert_eq!(page.browser().open("/visitor").await.unwrap().text("p"), "ann in nowhere");
}

/// A socket that is not the framework's.
struct OwnSocket(LiveConnection);

impl Socket for OwnSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let is_known = request.user_agent() == Some("kit") && request.param("zone") == Some("UTC");
        let peer = request.peer().map(|peer| peer.port());
        if is_known && peer == Some(4000) {
            Ok(OwnSocket(LiveConnection::new(request)))
        } else {
            Err(Refused::new("who are you?"))
        }
    }

    fn channels() -> Channels<Self> {
        Channels::new().live()
    }
}

impl LiveHost for OwnSocket {
    fn live(&self) -> &LiveConnection {
        &self.0
    }
}

#[tokio::test(start_paused = true)]
async fn t03_any_socket_that_hosts_views_is_told_who_connects() {
    let endpoint = endpoint();
    let browser = TestBrowser::new(&endpoint, site(&endpoint)).socket::<OwnSocket>();
    let refused = browser.open("/desk").await.unwrap_err();
    assert!(
        matches!(&refused, NoPage::Refused(_)) && refused.to_string().contains("who are you?"),
        "{refused}"
    );
    let peer: SocketAddr = ([127, 0, 0, 1], 4000).into();
    let browser = browser.connect_params(json!({ "zone": "UTC" })).header("user-agent", "kit").peer(peer);
    assert_eq!(browser.open("/desk").await.unwrap().text("#where"), "1 at /desk");
}

#[tokio::test(start_paused = true)]
async fn t04_a_template_is_text_without_a_view() {
    let name = "<Ann>";
    assert_eq!(html! { <b>{name}</b> }.to_string(), "<b>&lt;Ann&gt;</b>");
}

#[tokio::test(start_paused = true)]
async fn t01_a_page_may_be_used_from_any_task() {
    let mut page = tokio::spawn(desk()).await.unwrap();
    let page = tokio::spawn(async move {
        page.element("#inc", None).click().await;
        page
    });
    assert_eq!(page.await.unwrap().count("#told li"), 2);
}
