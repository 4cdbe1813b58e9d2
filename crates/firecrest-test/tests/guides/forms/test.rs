#[firecrest::test]
async fn a_quiz_has_questions_with_answers() {
    let mut page = open().await;
    page.element("button", "Add a question").click().await;
    page.element("button", "Add an answer").click().await;
    let question = json!({ "text": "Which is smaller?", "answers": { "0": { "text": "Wren", "is_right": true } } });
    let quiz = json!({ "title": "Birds", "questions": { "0": question } });
    page.form("#quiz").fill(json!({ "quiz": quiz })).submit().await;
    assert_eq!(page.text("p"), "1 saved");
}
