//! Addresses (T30–T34).

use firecrest::prelude::*;
use firecrest_test::{NoPage, RedirectKind};

use super::fixture::{browser, desk};

#[tokio::test(start_paused = true)]
async fn t30_a_page_is_patched_by_the_visitor() {
    let mut page = desk().await;
    page.patch("/desk/7?page=2").await;
    assert_eq!(
        (page.text("#where"), page.address()),
        ("2 at /desk/7?page=2".into(), "/desk/7?page=2".into())
    );
    page.patch("?page=3").await;
    assert_eq!(page.address(), "/desk/7?page=3");
    page.refute_patch().await;
}

#[tokio::test(start_paused = true)]
async fn t10_t31_a_patch_link_patches() {
    let mut page = desk().await;
    page.element("#to-patch", None).click().await;
    page.expect_patch("/desk?page=5").await;
    assert_eq!(page.text("#where"), "5 at /desk?page=5");
    page.refute_patch().await;
}

#[tokio::test(start_paused = true)]
async fn t31_patches_of_the_server_are_expected_one_by_one() {
    let mut page = desk().await;
    page.refute_patch().await;
    page.event("patch", ()).await;
    page.event("later", ()).await;
    page.expect_patch("/desk?page=2").await;
    page.expect_patch("/desk?page=3").await;
    assert_eq!(page.address(), "/desk?page=3");
}

#[tokio::test(start_paused = true)]
async fn t31_a_patch_while_mounting_is_one_too() {
    let endpoint = super::fixture::endpoint();
    let site = super::fixture::site(&endpoint);
    let redirect =
        firecrest_test::TestPage::open(&endpoint, site, "/desk?page=0").await.unwrap_err().into_redirect();
    assert_eq!(redirect.address(), "/desk?page=1");
    let mut page = desk().await;
    page.patch("/desk?page=0").await;
    page.expect_patch("/desk?page=1").await;
    assert_eq!(page.text("#where"), "1 at /desk?page=1");
}

#[tokio::test(start_paused = true)]
async fn t32_t33_a_navigation_is_followed_over_the_socket_with_its_flash() {
    let mut page = desk().await;
    page.refute_redirect().await;
    page.event("go", ()).await;
    let redirect = page.expect_redirect("/gate/open").await;
    assert_eq!((redirect.kind(), redirect.flash().get("info")), (RedirectKind::Navigate, Some("moved")));
    page.follow_redirect().await.unwrap();
    assert_eq!((page.text("h1"), page.text(".flash")), ("The gate is open".into(), "moved".into()));
    assert_eq!((page.address().as_str(), page.title().as_str()), ("/gate/open", "Firecrest"));
    assert!(page.has("section.gate[data-phx-main]", None));
    page.refute_redirect().await;
}

#[tokio::test(start_paused = true)]
async fn t32_t33_a_redirect_is_followed_with_a_page_load_and_its_flash() {
    let mut page = desk().await;
    page.event("redirect", ()).await;
    let redirect = page.expect_redirect("/gate/open").await;
    assert_eq!((redirect.kind(), redirect.flash().get("info")), (RedirectKind::Load, Some("moved")));
    page.follow_redirect().await.unwrap();
    assert_eq!((page.text("h1"), page.text(".flash")), ("The gate is open".into(), "moved".into()));
    let again = page.browser().open("/gate/open").await.unwrap();
    assert!(!again.has(".flash", None), "it is shown once");
}

#[tokio::test(start_paused = true)]
async fn t33_the_next_page_may_be_dead_or_elsewhere() {
    let mut page = desk().await;
    page.element("#to-plain", None).click().await;
    page.expect_redirect("/plain").await;
    page.follow_redirect().await.unwrap();
    assert_eq!((page.text("p"), page.is_live()), ("Hello".into(), false));
    page.element("a", "desk").click().await;
    page.follow_redirect().await.unwrap();
    assert!(page.is_live());
    page.event("leave", ()).await;
    let error = page.follow_redirect().await.unwrap_err();
    assert!(matches!(&error, NoPage::Elsewhere(url) if url == "https://other.example/x"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn t33_one_redirect_may_follow_another() {
    let mut page = desk().await;
    let next = page.navigate("/gate/redirect").await.unwrap_err().into_redirect();
    assert_eq!((next.address(), next.flash().get("error")), ("/plain", Some("not here")));
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("p"), "Hello");
    let redirect = browser().open("/away").await.unwrap_err().into_redirect();
    assert_eq!(redirect.follow().await.unwrap().address(), "/plain");
}

#[tokio::test(start_paused = true)]
async fn t34_a_page_navigates_over_the_socket() {
    let mut page = desk().await;
    page.navigate("/gate/open").await.unwrap();
    assert_eq!(page.text("h1"), "The gate is open");
    page.navigate("/desk").await.unwrap();
    assert_eq!((page.text("#where"), page.title()), ("1 at /desk".into(), "Desk".into()));
    page.element("#to-gate", None).click().await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.address(), "/gate/open");
}

/// F105: out of the live session there is a page load.
#[tokio::test(start_paused = true)]
async fn t34_a_navigation_out_of_the_live_session_loads_the_page() {
    let mut page = desk().await;
    let before = page.element("[data-phx-main]", None).attr("id").map(str::to_owned);
    page.element("#to-admin", None).click().await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("h1"), "The gate is open");
    assert_ne!(page.element("[data-phx-main]", None).attr("id").map(str::to_owned), before);
}

#[tokio::test(start_paused = true)]
async fn t34_a_navigation_to_what_is_missing_is_an_error_page() {
    let mut page = desk().await;
    assert_eq!(page.navigate("/gate/missing").await.unwrap_err().status().unwrap().as_u16(), 404);
}

#[tokio::test(start_paused = true)]
async fn t30_a_patch_to_another_view_is_a_navigation() {
    let mut page = desk().await;
    page.patch("/gate/open").await;
    page.expect_redirect("/gate/open").await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("h1"), "The gate is open");
    page.event("hello", json!({})).await;
}
