//! `guides/forms.md`: its pages and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/forms.md");

mod quiz {
    include!("forms/quiz.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestPage};

        use super::*;

        async fn open() -> TestPage {
            let endpoint = Endpoint::builder().build().unwrap();
            let pages = endpoint.live("/live").page::<QuizPage>("/");
            TestBrowser::new(&endpoint, pages).open("/").await.unwrap()
        }

        include!("forms/test.rs");

        #[firecrest::test]
        async fn faults_are_where_they_belong_and_go_along() {
            let mut page = open().await;
            for _ in 0..2 {
                page.element("button", "Add a question").click().await;
            }
            page.form("#quiz").fill([("quiz[questions][0][text]", "?")]).change().await;
            page.form("#quiz").fill([("quiz[questions][0][text]", "")]).change().await;
            assert_eq!(page.texts("#quiz_questions_0 .error"), ["Question must not be empty."]);
            page.element("button", "Up").click().await;
            assert_eq!(page.texts("fieldset:last-of-type .error"), ["Question must not be empty."]);
            assert_eq!(page.count("fieldset:first-of-type .error"), 0);
            page.form("#quiz").submit().await;
            assert_eq!(page.texts("#quiz_questions_1 .error").len(), 2);
            page.element("#quiz_questions_1 button", "Remove this question").click().await;
            assert_eq!(page.count("fieldset"), 1);
        }

        #[firecrest::test]
        async fn a_box_that_is_not_checked_is_not_right() {
            let mut page = open().await;
            page.element("button", "Add a question").click().await;
            page.element("button", "Add an answer").click().await;
            page.form("#quiz").submit().await;
            assert!(page.texts(".error").contains(&"The answers need a right one.".to_owned()));
            page.element("input[type=checkbox]", None).click().await;
            assert!(!page.texts(".error").contains(&"The answers need a right one.".to_owned()));
        }
    }
}

mod account {
    include!("forms/account.rs");

    mod tests {
        use firecrest_test::TestBrowser;

        use super::*;

        #[firecrest::test]
        async fn an_account_is_deleted_over_http_once_the_word_is_right() {
            let endpoint = Endpoint::builder().build().unwrap();
            let mut page = TestBrowser::new(&endpoint, app(&endpoint)).open("/").await.unwrap();
            page.form("#account").fill([("account[word]", "stay")]).submit().await;
            assert_eq!(page.text(".error"), "It is another word.");
            assert!(!page.form("#account").is_triggered());
            page.form("#account").fill([("account[word]", "leave")]).submit().await;
            assert!(page.form("#account").is_triggered());
            page.form("#account").request().await.unwrap();
            assert_eq!(page.html(), "It is gone.");
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources =
        [include_str!("forms/quiz.rs"), include_str!("forms/account.rs"), include_str!("forms/test.rs")];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
