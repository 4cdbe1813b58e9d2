//! A view that takes files, as its address asks for.

use std::path::Path;
use std::time::Duration;

use firecrest::live::{Consumed, Upload, UploadEntry, UploadOptions};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestFile, TestPage};
use serde::Deserialize;
use tempfile::TempDir;

use super::super::fixture::endpoint;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    Check,
    Save,
    Later,
    Cancel { name: String },
    Again,
    Crash,
}

/// How far a file is.
#[derive(Clone, Debug)]
pub(super) struct Came {
    reference: String,
    is_done: bool,
}

pub(super) struct Album {
    files: Upload,
    saved: Vec<String>,
    news: Vec<String>,
    /// Where to go when a file is there.
    leaves: bool,
}

fn options(cx: &View<'_, Came>) -> UploadOptions {
    let params = cx.params();
    let mut options = UploadOptions::new().accept([".txt", ".md"]).chunk_size(4).max_file_size(20);
    options = options.validate(|entry| match entry.name() {
        "bad.txt" => Err("a bad name".to_owned()),
        _ => Ok(()),
    });
    if params.get("many").is_some() {
        options = options.max_entries(2);
    }
    if params.get("total").is_some() {
        options = options.max_entries(2).total_entries();
    }
    if params.get("tells").is_some() || params.get("leaves").is_some() {
        options = options.on_progress(|entry: &UploadEntry| Came {
            reference: entry.reference().to_owned(),
            is_done: entry.is_done(),
        });
    }
    options.auto(params.get("auto").is_some()).chunk_timeout(Duration::from_secs(30))
}

impl LiveView for Album {
    type Event = Event;
    type Info = Came;

    async fn mount(cx: &mut Mount<'_, Came>) -> Result<Self, MountError> {
        let (leaves, options) = (cx.params().get("leaves").is_some(), options(cx));
        let files = cx.allow_upload("files", options)?;
        Ok(Album { files, saved: Vec::new(), news: Vec::new(), leaves })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_, Came>) -> Outcome {
        match event {
            Event::Check => {}
            Event::Save => {
                let saved = self.files.consume(async |entry, file| {
                    let content = String::from_utf8(file.read().await?)?;
                    if content == "refused" {
                        return Err("not this".into());
                    }
                    Ok(Consumed::Done(format!("{}={content}", entry.name())))
                });
                let saved = saved.await.unwrap_or_else(|error| {
                    self.news.push(error.to_string());
                    error.taken
                });
                self.saved.extend(saved);
            }
            Event::Later => {
                let later = self.files.consume(async |_, _| Ok(Consumed::<()>::Postponed));
                assert!(later.await.unwrap().is_empty());
            }
            Event::Cancel { name } => {
                let entry = self.files.entries().into_iter().find(|entry| entry.name() == name);
                assert!(self.files.cancel(entry.unwrap().reference()));
            }
            Event::Again => {
                match cx.allow_upload("files", options(cx)) {
                    Ok(files) => self.files = files,
                    Err(error) => self.news.push(error.to_string()),
                }
                return Outcome::Render;
            }
            Event::Crash => panic!("asked for"),
        }
        Outcome::NoReply
    }

    async fn handle_info(&mut self, came: Came, cx: &mut View<'_, Came>) -> Outcome {
        self.news.push(format!("{} {}", came.reference, came.is_done));
        if came.is_done && self.leaves {
            cx.redirect("/saved");
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="album" phx-change="check" phx-submit="save" phx-drop-target={self.files.reference()}>
                {self.files.input_with([("class", "files")])}
                for entry in self.files.entries(), key = entry.reference().to_owned() {
                    {entry.preview()}
                    <p class="entry">{entry.name()} " " {entry.progress()} "%" for error in entry.errors() { " " {error} }</p>
                }
                for entry in self.files.entries() { <p class="told">{told(&entry)}</p> }
                for error in self.files.errors() { <p class="error">{error}</p> }
                <button>"Save"</button>
            </form>
            for saved in &self.saved { <p class="saved">{saved}</p> }
            for news in &self.news { <p class="news">{news}</p> }
            {self.files.is_done()}
        }
    }
}

/// All that the client has said of a file.
fn told(entry: &UploadEntry) -> String {
    let (content_type, path, size) = (entry.content_type(), entry.relative_path(), entry.size());
    format!("{content_type} {path} {size} {:?} {:?}", entry.last_modified(), entry.meta())
}

/// The page, and the folder for temporary files.
pub(super) async fn open(query: &str) -> (TestPage, TempDir) {
    let (endpoint, folder) = (endpoint(), tempfile::tempdir().unwrap());
    let pages = endpoint.live("/live").upload_folder(folder.path().join("files")).page::<Album>("/album");
    let page =
        TestBrowser::new(&endpoint, pages.into_router()).open(&format!("/album?{query}")).await.unwrap();
    (page, folder)
}

pub(super) fn text(name: &str, content: &'static str) -> TestFile {
    TestFile::new(name, content)
}

pub(super) fn entries(page: &TestPage) -> Vec<String> {
    page.texts(".entry")
}

/// How many temporary files there are.
pub(super) fn count(folder: &TempDir) -> usize {
    let files: &Path = &folder.path().join("files");
    std::fs::read_dir(files).map_or(0, Iterator::count)
}

/// Waits until there are so many temporary files: removing them takes a thread of its own.
pub(super) async fn until(folder: &TempDir, files: usize) {
    for _ in 0..10_000 {
        if count(folder) == files {
            return;
        }
        tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
    }
    panic!("there are {} files instead of {files}", count(folder));
}

/// The attributes of the input that drive the client: active, done, preflighted, with errors.
pub(super) fn refs(page: &mut TestPage) -> [String; 4] {
    let input = page.element(".files", None);
    ["active", "done", "preflighted", "error"]
        .map(|kind| input.attr(&format!("data-phx-{kind}-refs")).unwrap_or_default().to_owned())
}
