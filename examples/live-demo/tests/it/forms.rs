//! The sign-up form.

use firecrest::prelude::json;

use crate::open;

const RIGHT: [(&str, &str); 5] = [
    ("visitor[name]", "Ann"),
    ("visitor[email]", "ann@example.org"),
    ("visitor[password]", "12345678"),
    ("visitor[bird]", "Wren"),
    ("visitor[terms]", "true"),
];

#[firecrest::test]
async fn f032_faults_are_found_where_the_visitor_has_been() {
    let mut page = open("/live-demo/form").await;
    page.form("#visitor").fill(json!({ "visitor": { "password": "1234567" } })).change().await;
    assert_eq!(page.texts("#visitor .error"), ["must have 8 characters or more"]);
    page.form("#visitor").fill(json!({ "visitor": { "password": "12345678" } })).change().await;
    assert_eq!(page.count("#visitor .error"), 0);
    page.form("#visitor").submit().await;
    assert_eq!(
        page.texts("#visitor .error"),
        ["must not be empty", "must look like bird@example.org", "must be chosen", "must be promised"]
    );
}

#[firecrest::test]
async fn f031_what_the_visitor_has_typed_stays() {
    let mut page = open("/live-demo/form").await;
    page.form("#visitor").fill(&RIGHT[..3]).submit().await;
    assert_eq!(page.form("#visitor").value("visitor[email]").as_deref(), Some("ann@example.org"));
    assert_eq!(page.form("#visitor").value("visitor[password]").as_deref(), Some("12345678"));
}

#[firecrest::test]
async fn f104_a_form_that_is_right_says_so_on_the_next_page() {
    let mut page = open("/live-demo/form").await;
    page.form("#visitor").fill(RIGHT).submit().await;
    page.expect_redirect("/live-demo").await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("#flash-info span"), "Welcome, Ann! A wren is on its way.");
    page.element("#flash-info button", None).click().await;
    assert!(!page.has(".flash", None));
}

#[firecrest::test]
async fn an_email_has_one_at_and_a_host() {
    let mut page = open("/live-demo/form").await;
    for (email, errors) in [("ann", 1), ("@example.org", 1), ("a@b@c.d", 1), ("a@b", 1), ("a@b.c", 0)] {
        page.form("#visitor").fill(json!({ "visitor": { "email": email } })).change().await;
        assert_eq!(page.count("#visitor .error"), errors, "{email}");
    }
}
