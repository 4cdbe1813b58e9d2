//! The login, and the page behind it.

use firecrest::prelude::json;
use firecrest_test::TestPage;

use crate::{open, visitor};

async fn log_in(page: &mut TestPage, name: &str, password: &str) {
    page.form("#login").fill(json!({ "login": { "name": name, "password": password } })).submit().await;
}

#[firecrest::test]
async fn f076_who_has_not_logged_in_is_sent_to_the_login() {
    let redirect = visitor().open("/live-demo/members").await.unwrap_err().into_redirect();
    assert_eq!(redirect.address(), "/live-demo/form");
    let page = redirect.follow().await.unwrap();
    assert_eq!(page.text("#flash-error span"), "Members only: please log in.");
}

#[firecrest::test]
async fn a_wrong_login_stays_where_it_is() {
    let mut page = open("/live-demo/form").await;
    log_in(&mut page, " ", "goldcrest").await;
    assert_eq!(page.texts("#login .error"), ["must not be empty", "is another one"]);
    assert!(!page.form("#login").is_triggered());
}

#[firecrest::test]
async fn f144_a_right_login_is_submitted_over_http_and_opens_the_page() {
    let mut page = open("/live-demo/form").await;
    log_in(&mut page, "Ann", "firecrest").await;
    assert!(page.form("#login").is_triggered());
    let redirect = page.form("#login").request().await.unwrap_err().into_redirect();
    assert_eq!(redirect.address(), "/live-demo/members");
    let mut members = redirect.follow().await.unwrap();
    assert_eq!(members.text(".body h2"), "Welcome, Ann.");
    let mut form = members.browser().open("/live-demo/form").await.unwrap();
    assert_eq!(form.element("#login-view strong", None).text(), "Ann");

    let redirect = members.form("form").request().await.unwrap_err().into_redirect();
    assert_eq!(redirect.address(), "/live-demo/form");
    assert!(redirect.follow().await.unwrap().has("form#login", None));
    assert!(members.browser().open("/live-demo/members").await.is_err());
}
