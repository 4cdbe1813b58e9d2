//! The input for files of a page under test.

use serde_json::Value;

use super::TestFile;
use super::sending::Chosen;
use crate::view::TestPage;
use crate::view::dom::{Node, Query};
use crate::view::failure::{Failure, Place, check};
use crate::view::form::{Kind, controls};
use crate::view::tab::Tab;

/// The input of an upload, and what a visitor can do with it.
///
/// Files stay chosen from one handle to the next, until the view forgets them.
///
/// ```no_run
/// # use firecrest_test::{TestFile, TestPage};
/// # async fn test(mut page: TestPage) {
/// let photos = page.file_input("#album", "photos").add(TestFile::new("a.jpg", "…").content_type("image/jpeg"));
/// photos.upload(50).await.unwrap();
/// assert_eq!(page.element("progress", None).attr("value"), Some("50"));
/// page.file_input("#album", "photos").upload(100).await.unwrap();
/// page.form("#album").submit().await;
/// # }
/// ```
#[must_use = "do something with it"]
pub struct TestFiles<'p> {
    tab: &'p mut Tab,
    form: Node,
    input: Node,
    only: Option<String>,
}

impl TestPage {
    /// The input of the upload with this name, in the only form that a CSS selector matches (T50).
    ///
    /// # Panics
    /// When there is none, or several forms match.
    #[track_caller]
    pub fn file_input(&mut self, form: &str, name: &str) -> TestFiles<'_> {
        let tab = self.tab();
        let found =
            tab.catch_up().and_then(|()| tab.document.one(None, Query { selector: form, text: None }));
        let form = check(found);
        let input = controls(&tab.document, form).into_iter().find(|control| {
            control.kind == Kind::File
                && control.name == name
                && control.element.attr("data-phx-upload-ref").is_some()
        });
        let input = input.map(|control| control.element.id());
        let input = check(input.ok_or_else(|| Failure::new(format!("the form has no upload {name:?}"))));
        TestFiles { tab, form, input, only: None }
    }
}

impl TestFiles<'_> {
    /// Chooses a file, besides those that are chosen.
    #[expect(clippy::should_implement_trait, reason = "a file is no number")]
    pub fn add(self, file: TestFile) -> Self {
        let chosen = Chosen::new(self.tab, self.input, file);
        self.tab.files.push(chosen);
        self
    }

    /// From here on it is about the file with this name only. Default: about all of this input.
    pub fn only(self, name: &str) -> Self {
        TestFiles { only: Some(name.to_owned()), ..self }
    }

    /// Tells of the files that were chosen: a change of the form.
    ///
    /// # Panics
    /// When nobody hears of the change, or the view crashes.
    #[track_caller]
    pub fn choose(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.choose_files(self.form, self.input).await) }
    }

    /// Asks which of the files may be sent, and sends nothing (T52). What is answered is returned: `entries` are those that may,
    /// `error` or `errors` what is wrong with the others.
    ///
    /// # Panics
    /// When the view crashes.
    #[track_caller]
    pub fn preflight(self) -> impl Future<Output = Value> {
        let place = Place::here();
        async move {
            let chosen = self.tab.choose_files(self.form, self.input).await;
            let asked = match chosen {
                Ok(()) => self.tab.preflight(self.form, self.input).await,
                Err(failure) => Err(failure),
            };
            place.check(asked).unwrap_or_default()
        }
    }

    /// Sends so many percent of each file, chunk by chunk, after choosing and asking as far as that was not done (T51). Of files that
    /// are sent elsewhere only the progress is told. It ends when the view goes elsewhere: then there is a redirect to follow.
    ///
    /// # Errors
    /// What was answered when none of the files may be sent, or one of them was refused on its way.
    ///
    /// # Panics
    /// When the view crashes.
    #[track_caller]
    pub fn upload(self, percent: u8) -> impl Future<Output = Result<(), Value>> {
        let place = Place::here();
        async move {
            let TestFiles { tab, form, input, only } = self;
            place.check(tab.upload(form, input, only.as_deref(), percent).await)
        }
    }

    /// The page's script cannot send the files to where they should go.
    ///
    /// # Panics
    /// When the view crashes.
    #[track_caller]
    pub fn fail(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.fail_files(self.form, self.input, self.only.as_deref()).await) }
    }
}

impl std::fmt::Debug for TestFiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestFiles").field("only", &self.only).finish_non_exhaustive()
    }
}
