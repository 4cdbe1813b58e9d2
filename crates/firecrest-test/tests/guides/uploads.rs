//! `guides/uploads.md`: its pages and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/uploads.md");

mod album {
    include!("uploads/album.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestFile, TestPage};
        use tempfile::TempDir;

        use super::*;

        struct Folder(PathBuf);

        impl MountHook for Folder {
            async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
                cx.insert(self.0.clone());
                Ok(())
            }
        }

        async fn open() -> (TestPage, TempDir) {
            let (endpoint, folder) = (Endpoint::builder().build().unwrap(), tempfile::tempdir().unwrap());
            let pages = endpoint.live("/live").on_mount(Folder(folder.path().to_owned())).page::<Album>("/");
            (TestBrowser::new(&endpoint, pages).open("/").await.unwrap(), folder)
        }

        include!("uploads/test.rs");
    }
}

mod note {
    include!("uploads/note.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestFile};

        use super::*;

        #[firecrest::test]
        async fn a_note_is_shown_as_soon_as_it_is_there() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Note>("/"));
            let mut page = browser.open("/").await.unwrap();
            page.file_input("#note", "note").add(TestFile::new("a.txt", "Hello")).upload(100).await.unwrap();
            assert_eq!(page.text("pre"), "Hello");
        }
    }
}

mod count {
    include!("uploads/count.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestFile};

        use super::*;

        #[firecrest::test]
        async fn lines_are_counted_and_nothing_is_kept() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Lines>("/"));
            let mut page = browser.open("/").await.unwrap();
            page.file_input("#lines", "text")
                .add(TestFile::new("a.txt", "a\nb\nc\n"))
                .upload(100)
                .await
                .unwrap();
            page.form("#lines").submit().await;
            assert_eq!(page.text("output"), "3");
        }
    }
}

mod storage {
    include!("uploads/storage.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestFile};

        use super::*;

        #[firecrest::test]
        async fn a_file_goes_elsewhere_or_nowhere() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Storage>("/"));
            for (names, stored) in [(&["a", "b"][..], "2"), (&["a", "no"], "0")] {
                let mut page = browser.open("/").await.unwrap();
                let input = page.file_input("#storage", "files");
                let files = names.iter().fold(input, |files, name| files.add(TestFile::new(name, "a")));
                assert_eq!(files.upload(100).await.is_ok(), stored != "0");
                page.form("#storage").submit().await;
                assert_eq!(page.text("output"), stored);
            }
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [
        include_str!("uploads/album.rs"),
        include_str!("uploads/note.rs"),
        include_str!("uploads/count.rs"),
        include_str!("uploads/storage.rs"),
        include_str!("uploads/test.rs"),
    ];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
