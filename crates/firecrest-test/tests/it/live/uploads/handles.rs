//! What a view may do with the handle of an upload, and who else may have it.

use std::sync::{Arc, Mutex};

use firecrest::live::{MAX_UPLOADS, MountHook, Upload, UploadEntry, UploadOptions};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestFile, TestPage};
use serde::Deserialize;
use tempfile::TempDir;

use super::super::fixture::endpoint;
use super::album::{count, until};

/// Somebody outside the view who keeps its upload.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Option<Upload>>>);

impl MountHook for Keeper {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.clone());
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Disallow,
    Many,
    OtherInfo,
}

struct Kept {
    files: Upload,
    more: Vec<Upload>,
    news: String,
}

impl LiveView for Kept {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let files = cx.allow_upload("files", UploadOptions::new())?;
        if let Some(Keeper(kept)) = cx.get::<Keeper>() {
            *kept.lock().unwrap() = Some(files.clone());
        }
        Ok(Kept { files, more: Vec::new(), news: String::new() })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Check => {}
            Event::Disallow => {
                self.news = cx
                    .disallow_upload(&self.files)
                    .map_or_else(|error| error.to_string(), |()| "ended".into());
            }
            Event::Many => loop {
                match cx.allow_upload(&format!("file {}", self.more.len()), UploadOptions::new()) {
                    Ok(upload) => self.more.push(upload),
                    Err(error) => break self.news = error.to_string(),
                }
            },
            Event::OtherInfo => {
                let options = UploadOptions::new().on_progress(UploadEntry::progress);
                self.more.extend(cx.allow_upload("other", options));
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="kept" phx-change="check">{self.files.input()}</form>
            for entry in self.files.entries() { <p class="entry">{entry.name()}</p> }
            <output>{&self.news}</output> <b>{self.more.len()}</b>
        }
    }
}

async fn open() -> (TestPage, Keeper, TempDir) {
    let (endpoint, folder, keeper) = (endpoint(), tempfile::tempdir().unwrap(), Keeper::default());
    let pages = endpoint.live("/live").upload_folder(folder.path().join("files"));
    let pages = pages.on_mount(keeper.clone()).page::<Kept>("/kept");
    let page = TestBrowser::new(&endpoint, pages.into_router()).open("/kept").await.unwrap();
    (page, keeper, folder)
}

#[tokio::test(start_paused = true)]
async fn f150_an_upload_ends_with_its_view_whoever_keeps_it() {
    let (mut page, Keeper(kept), folder) = open().await;
    page.file_input("#kept", "files").add(TestFile::new("a", "abcd")).upload(100).await.unwrap();
    let kept = kept.lock().unwrap().take().unwrap();
    assert_eq!((kept.entries().len(), count(&folder)), (1, 1));
    drop(page);
    until(&folder, 0).await;
    assert!(kept.entries().is_empty() && !kept.cancel("0"));
}

#[tokio::test(start_paused = true)]
async fn f150_an_upload_that_was_taken_back_takes_nothing() {
    let (mut page, _keeper, _folder) = open().await;
    page.file_input("#kept", "files").add(TestFile::new("a", "abcd")).choose().await;
    page.event("disallow", ()).await;
    assert!(page.text("output").contains("files are chosen"), "{}", page.html());

    let (mut page, _keeper, _folder) = open().await;
    page.event("disallow", ()).await;
    assert_eq!(page.text("output"), "ended");
    page.file_input("#kept", "files").add(TestFile::new("a", "abcd")).choose().await;
    assert_eq!(page.count(".entry"), 0);
}

#[tokio::test(start_paused = true)]
async fn f150_a_view_has_so_many_uploads_and_no_more() {
    let (mut page, _keeper, _folder) = open().await;
    page.event("many", ()).await;
    assert_eq!(
        (page.text("b"), page.text("output")),
        ((MAX_UPLOADS - 1).to_string(), "a view has 100 uploads at most".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn f154_progress_is_told_as_an_info_of_the_view_or_the_view_crashes() {
    let (mut page, _keeper, _folder) = open().await;
    page.allow_crash();
    page.event("other_info", ()).await;
    page.expect_crash().await;
}
