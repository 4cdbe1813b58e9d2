//! Forms (T11, T12, T20–T22).

use firecrest::prelude::*;
use serde_json::Value;

use super::fixture::desk;

/// What the view was told last, without the event.
fn fields(told: &[String]) -> (String, Value) {
    let last = told.last().unwrap();
    let at = last.find('{').unwrap();
    (last[..at].trim().to_owned(), serde_json::from_str(&last[at..]).unwrap())
}

/// Everything the form holds by itself.
fn untouched() -> Value {
    json!({
        "id": "9", "name": "old", "nick": "", "age": "", "fixed": "x", "admin": "false", "tags": ["a"], "size": "m",
        "color": "red", "about": "me", "single": "",
    })
}

fn without_marks(mut fields: Value) -> Value {
    fields.as_object_mut().unwrap().retain(|name, _| !name.starts_with("_unused_"));
    fields
}

#[tokio::test(start_paused = true)]
async fn t12_a_change_tells_all_fields_and_the_changed_one() {
    let mut page = desk().await;
    page.form("#signup").fill(json!({ "user": { "name": "Ann" } })).change().await;
    let (event, told) = fields(&page.texts("#told li"));
    let mut expected = untouched();
    expected["name"] = "Ann".into();
    assert_eq!(event, "form validate");
    assert_eq!((&told["_target"], &told["extra"]), (&json!(["user", "name"]), &json!("E")));
    assert_eq!(without_marks(told["user"].clone()), expected);
    let marked: Vec<_> =
        told["user"].as_object().unwrap().keys().filter(|name| name.starts_with("_unused_")).collect();
    let expected = ["about", "admin", "age", "color", "fixed", "nick", "single", "size", "tags"];
    assert_eq!(marked, expected.map(|name| format!("_unused_{name}")).iter().collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn t12_an_input_with_its_own_binding_tells_only_itself() {
    let mut page = desk().await;
    page.form("#signup").fill([("user[single]", "x")]).change().await;
    let told = page.texts("#told li");
    let expected = json!({ "_target": ["user", "single"], "extra": "E", "user": { "single": "x" } });
    assert_eq!(fields(&told), ("form single".to_owned(), expected));
}

#[tokio::test(start_paused = true)]
async fn t11_a_submit_tells_all_fields_without_marks() {
    let mut page = desk().await;
    page.form("#signup").fill([("user[name]", "Ann")]).submit().await;
    let (event, told) = fields(&page.texts("#told li"));
    let mut expected = untouched();
    expected["name"] = "Ann".into();
    assert_eq!((event.as_str(), &told["user"], &told["action"]), ("form save", &expected, &json!("save")));
    assert!(told.get("_target").is_none_or(|target| *target == json!([])), "{told}");
}

#[tokio::test(start_paused = true)]
async fn t11_a_click_on_a_button_of_a_form_submits_it() {
    let mut page = desk().await;
    page.element("#delete", None).click().await;
    let (event, told) = fields(&page.texts("#told li"));
    assert_eq!((event.as_str(), &told["action"]), ("form save", &json!("delete")));
}

#[tokio::test(start_paused = true)]
async fn t20_every_kind_of_input_takes_what_a_visitor_can_put_in() {
    let mut page = desk().await;
    let fields = json!({ "user": {
        "nick": "Annie", "age": 7, "admin": true, "tags": ["b"], "size": "s", "color": "blue", "langs": ["de", "en"],
        "about": "two\nlines",
    }});
    page.form("#signup").fill(fields).submit().await;
    let (_, told) = super::forms::fields(&page.texts("#told li"));
    let expected = json!({
        "id": "9", "name": "old", "nick": "Annie", "age": "7", "fixed": "x", "admin": "true", "tags": ["b"], "size": "s",
        "color": "blue", "langs": ["de", "en"], "about": "two\nlines", "single": "",
    });
    assert_eq!(told["user"], expected);
}

#[tokio::test(start_paused = true)]
async fn t20_what_was_put_in_stays_until_the_server_shows_something_else() {
    let mut page = desk().await;
    page.form("#signup").fill([("user[name]", "Ann"), ("user[nick]", "A")]).change().await;
    page.element("#inc", None).click().await;
    assert_eq!(page.form("#signup").value("user[name]").as_deref(), Some("Ann"));
    page.event("rename", ()).await;
    let form = page.form("#signup");
    assert_eq!(
        (form.value("user[name]").as_deref(), form.value("user[nick]").as_deref()),
        (Some("new"), Some("A"))
    );
}

#[tokio::test(start_paused = true)]
async fn t20_a_box_is_checked_by_a_click() {
    let mut page = desk().await;
    let box_b = r#"[name="user[tags][]"][value=b]"#;
    page.element(box_b, None).click().await;
    assert!(page.element(box_b, None).is_checked());
    let (event, told) = fields(&page.texts("#told li"));
    assert_eq!((event.as_str(), &told["user"]["tags"]), ("form validate", &json!(["a", "b"])));
    assert_eq!(told["_target"], json!(["user", "tags"]));
}

#[tokio::test(start_paused = true)]
async fn t20_hidden_inputs_are_changed_by_scripts_only() {
    let mut page = desk().await;
    page.form("#signup").set_hidden([("user[id]", "10")]).submit().await;
    assert_eq!(fields(&page.texts("#told li")).1["user"]["id"], "10");
}

#[tokio::test(start_paused = true)]
async fn t21_the_submitter_is_chosen() {
    let mut page = desk().await;
    page.form("#signup").submitter("#delete").submit().await;
    assert_eq!(fields(&page.texts("#told li")).1["action"], "delete");
}

#[tokio::test(start_paused = true)]
async fn t22_an_ordinary_form_is_sent_by_http() {
    let mut page = desk().await;
    page.form("#ordinary").fill([("b", "ä b&c")]).request().await.unwrap();
    assert_eq!(
        (page.text("pre"), page.address()),
        ("a=1&b=%C3%A4+b%26c&go=1".into(), "/submit?from=desk".into())
    );
    assert!(!page.is_live());
}

#[tokio::test(start_paused = true)]
async fn t22_a_form_without_a_method_asks_for_a_page() {
    let mut page = desk().await;
    page.form("#search-form").request().await.unwrap();
    assert_eq!(page.text("#where"), "7 at /desk?page=7");
}

#[tokio::test(start_paused = true)]
async fn t11_t22_a_triggered_form_is_sent_by_http() {
    let mut page = desk().await;
    assert!(!page.form("#triggering").is_triggered());
    page.form("#triggering").submit().await;
    assert!(page.form("#triggering").is_triggered());
    page.form("#triggering").request().await.unwrap();
    assert_eq!(page.text("pre"), "secret=s&as=user");
}
