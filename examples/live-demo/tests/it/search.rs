//! The search that takes its time.

use std::time::Duration;

use firecrest::prelude::json;
use firecrest_test::{TestPage, advance, settle};

use crate::open;

fn birds(page: &TestPage) -> Vec<String> {
    page.texts(".hits h2").iter().map(|name| name.split(' ').next().unwrap().to_owned()).collect()
}

async fn ask(page: &mut TestPage, question: &str) {
    page.form("#search").fill(json!({ "q": question })).change().await;
}

#[firecrest::test]
async fn f081_an_answer_comes_when_it_is_known() {
    let mut page = open("/live-demo/search").await;
    assert_eq!(page.text("#answer"), "The archive waits for your question.");
    ask(&mut page, "crest").await;
    assert_eq!(page.address(), "/live-demo/search?q=crest");
    assert_eq!(page.text("#answer"), "Looking for “crest” …");
    assert!(page.has("[aria-busy=true] .bones", None));
    page.work_done().await;
    assert_eq!(
        (page.text("#answer"), birds(&page)),
        ("2 of 14 birds for “crest”".to_owned(), vec!["Firecrest".to_owned(), "Goldcrest".to_owned()])
    );
    assert_eq!(page.texts("h2 mark"), ["crest", "crest"]);
    ask(&mut page, "wren").await;
    assert_eq!(birds(&page), ["Firecrest", "Goldcrest"], "what there was stays until there is more");
    page.work_done().await;
    assert_eq!(birds(&page), ["Wren"]);
}

#[firecrest::test]
async fn f080_a_late_answer_to_an_early_question_is_dropped() {
    let mut page = open("/live-demo/search").await;
    for question in ["w", "wi", "wint", "winter"] {
        ask(&mut page, question).await;
    }
    assert_eq!(page.text("#asked"), "4 asked, 3 overtaken by a later question");
    advance(Duration::from_millis(500)).await;
    settle().await;
    let answer = page.text("#answer");
    assert!(answer.ends_with("for “winter”"), "{answer}");
    advance(Duration::from_secs(10)).await;
    assert_eq!(page.text("#answer"), answer);
}

#[firecrest::test]
async fn f081_a_question_is_cancelled_and_asked_again() {
    let mut page = open("/live-demo/search?q=wren").await;
    assert_eq!(page.text("#answer"), "Looking for “wren” …");
    page.element("button", "Cancel").click().await;
    page.work_done().await;
    assert_eq!(page.text("#answer"), "Nothing about “wren”: cancelled.");
    page.element("button", "Ask again").click().await;
    page.work_done().await;
    assert_eq!(birds(&page), ["Wren"]);
}

#[firecrest::test]
async fn f083_what_cannot_be_known_is_said() {
    let mut page = open("/live-demo/search?q=wren").await;
    page.work_done().await;
    page.element("a", "dodo").click().await;
    page.work_done().await;
    assert_eq!(page.text("#answer"), "Nothing about “dodo”: the page has been torn out.");
    assert_eq!(birds(&page), ["Wren"]);
    ask(&mut page, "").await;
    assert_eq!(
        (page.text("#answer").as_str(), birds(&page).len()),
        ("The archive waits for your question.", 0)
    );
}

#[firecrest::test]
async fn whatever_is_asked_is_an_address() {
    for question in ["&q=1#?", "ß ", "ÄÖÜ", "%", &"ä".repeat(100)] {
        let mut page = open("/live-demo/search").await;
        page.event("ask", json!({ "q": question })).await;
        page.work_done().await;
        let shown: String = question.trim().chars().take(40).collect();
        assert!(
            page.text("#answer").ends_with(&format!("for “{shown}”")),
            "{question}: {}",
            page.text("#answer")
        );
    }
}
