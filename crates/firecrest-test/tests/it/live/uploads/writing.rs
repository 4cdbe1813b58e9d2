//! Writers of the application.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest::live::{Consumed, Fault, Upload, UploadEnd, UploadOptions, UploadWriter};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestFile, TestPage, advance};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde::Deserialize;

use super::super::fixture::endpoint;

type Log = Arc<Mutex<Vec<String>>>;

/// Notes what it is told.
struct Noting {
    log: Log,
    name: String,
    written: usize,
}

impl Noting {
    fn note(&self, what: impl std::fmt::Display) {
        self.log.lock().unwrap().push(format!("{} {what}", self.name));
    }
}

impl UploadWriter for Noting {
    type Meta = usize;

    async fn write_chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        self.note(String::from_utf8_lossy(&chunk));
        if self.name == "slow" {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        if &*chunk == b"fail" {
            return Err("the disk is full".into());
        }
        assert_ne!(&*chunk, b"boom", "asked for");
        self.written += chunk.len();
        Ok(())
    }

    async fn finish(self) -> Result<usize, Fault> {
        self.note("finished");
        if self.name == "unfinished" { Err("no".into()) } else { Ok(self.written) }
    }

    async fn abort(self, why: UploadEnd) {
        self.note(format_args!("{why:?}"));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Save,
    Cancel,
}

struct Notes {
    files: Upload<usize>,
    saved: Vec<usize>,
}

impl LiveView for Notes {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let log = cx.get::<Log>().cloned().unwrap_or_default();
        let options = UploadOptions::new().chunk_size(4).max_entries(3).writer(move |entry| {
            let (log, name) = (Arc::clone(&log), entry.name().to_owned());
            async move {
                let writer = Noting { log, name, written: 0 };
                writer.note("opened");
                assert_ne!(writer.name, "locked", "asked for");
                if writer.name == "closed" { Err("no place for it".into()) } else { Ok(writer) }
            }
        });
        Ok(Notes { files: cx.allow_upload("files", options)?, saved: Vec::new() })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Check => {
                if self.files.entries().iter().any(|entry| entry.name() == "slow") {
                    cx.send_after(Duration::from_secs(1), ());
                }
            }
            Event::Save => {
                self.saved =
                    self.files.consume(async |_, written| Ok(Consumed::Done(written))).await.unwrap();
            }
            Event::Cancel => self.cancel(),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, (): (), _cx: &mut View<'_>) -> Outcome {
        self.cancel();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="notes" phx-change="check" phx-submit="save">
                {self.files.input()}
                for entry in self.files.entries() {
                    <p class="entry">{entry.name()} " " {entry.progress()} "%" for error in entry.errors() { " " {error} }</p>
                }
            </form>
            for saved in &self.saved { <p class="saved">{saved}</p> }
        }
    }
}

impl Notes {
    fn cancel(&self) {
        self.files.entries().iter().for_each(|entry| assert!(self.files.cancel(entry.reference())));
    }
}

async fn open() -> (TestPage, Log) {
    let (endpoint, log) = (endpoint(), Log::default());
    let noted = Arc::clone(&log);
    let hook = move |mount: &mut firecrest::live::Mount<'_>| mount.insert(Arc::clone(&noted));
    let pages = endpoint.live("/live").on_mount(Hook(hook)).page::<Notes>("/notes");
    let page = TestBrowser::new(&endpoint, pages.into_router()).open("/notes").await.unwrap();
    (page, log)
}

struct Hook<F>(F);

impl<F: Fn(&mut Mount<'_>) + Send + Sync + 'static> firecrest::live::MountHook for Hook<F> {
    async fn on_mount(&self, mount: &mut Mount<'_>) -> Result<(), MountError> {
        (self.0)(mount);
        Ok(())
    }
}

fn noted(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn f153_a_writer_gets_the_file_in_order_and_makes_something_of_it() {
    let (mut page, log) = open().await;
    page.file_input("#notes", "files").add(TestFile::new("a", "0123456789")).upload(100).await.unwrap();
    assert_eq!(noted(&log), ["a opened", "a 0123", "a 4567", "a 89", "a finished"]);
    page.form("#notes").submit().await;
    assert_eq!((page.texts(".saved"), noted(&log).len()), (vec!["10".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn f153_a_writer_that_is_cancelled_is_told() {
    let (mut page, log) = open().await;
    page.file_input("#notes", "files").add(TestFile::new("a", "0123456789")).upload(40).await.unwrap();
    page.event("cancel", ()).await;
    assert_eq!(noted(&log), ["a opened", "a 0123", "a Cancelled"]);
}

#[tokio::test(start_paused = true)]
async fn f153_a_file_that_is_cancelled_while_it_is_written_is_not_finished() {
    let (mut page, log) = open().await;
    let slow = page.file_input("#notes", "files").add(TestFile::new("slow", "abcd"));
    slow.upload(100).await.unwrap();
    assert_eq!(noted(&log), ["slow opened", "slow abcd", "slow Cancelled"]);
    assert_eq!(page.count(".entry"), 0);
}

#[tokio::test(start_paused = true)]
async fn f159_a_writer_is_told_that_the_client_has_stopped() {
    let (mut page, log) = open().await;
    page.file_input("#notes", "files").add(TestFile::new("a", "0123456789")).upload(40).await.unwrap();
    advance(Duration::from_secs(11)).await;
    assert_eq!(noted(&log), ["a opened", "a 0123", "a Failed"]);
}

#[tokio::test(start_paused = true)]
async fn f160_the_file_of_a_writer_that_fails_stays_until_it_is_cancelled() {
    for (name, content, notes) in [
        ("a", "fail", &["a opened", "a fail", "a Failed"][..]),
        ("closed", "abcd", &["closed opened"]),
        ("unfinished", "abcd", &["unfinished opened", "unfinished abcd", "unfinished finished"]),
    ] {
        let (mut page, log) = open().await;
        let answer = page.file_input("#notes", "files").add(TestFile::new(name, content)).upload(100).await;
        assert_eq!(answer, Err(json!({ "reason": "writer_error" })), "{name}");
        page.settle().await;
        assert_eq!(noted(&log), notes);
        assert_eq!(page.texts(".entry"), [format!("{name} 0% the file could not be stored")]);
        page.form("#notes").submit().await;
        assert_eq!((page.count(".entry"), page.count(".saved")), (1, 0));
        page.event("cancel", ()).await;
        assert_eq!(page.count(".entry"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn f153_the_panic_of_a_writer_ends_the_view() {
    let (mut page, log) = open().await;
    page.allow_crash();
    let _ = page.file_input("#notes", "files").add(TestFile::new("a", "boom")).upload(100).await;
    page.expect_crash().await;
    assert_eq!(noted(&log), ["a opened", "a boom", "a Failed"]);
}

#[tokio::test(start_paused = true)]
async fn f153_the_panic_of_opening_a_writer_ends_the_view() {
    let (mut page, log) = open().await;
    page.allow_crash();
    let refused = page.file_input("#notes", "files").add(TestFile::new("locked", "a")).upload(100).await;
    assert_eq!(refused, Err(json!({ "reason": "join crashed" })));
    page.expect_crash().await;
    assert_eq!(noted(&log), ["locked opened"]);
}

#[tokio::test(start_paused = true)]
async fn f150_files_are_counted_by_how_they_have_ended() {
    let recorder = DebuggingRecorder::new();
    let _recording = metrics::set_default_local_recorder(&recorder);
    for (name, content) in
        [("a", "0123"), ("a", "fail"), ("closed", "abcd"), ("unfinished", "abcd"), ("slow", "abcd")]
    {
        let (mut page, _log) = open().await;
        drop(page.file_input("#notes", "files").add(TestFile::new(name, content)).upload(100).await);
    }
    let mut counted: Vec<_> = recorder.snapshotter().snapshot().into_vec();
    counted.retain(|(key, ..)| key.key().name().starts_with("firecrest_live_upload"));
    let counted = counted.into_iter().map(|(key, _, _, value)| {
        let end = key.key().labels().map(|label| label.value().to_owned()).next();
        let DebugValue::Counter(count) = value else { panic!("a counter: {value:?}") };
        (end.unwrap_or_else(|| "bytes".to_owned()), count)
    });
    let mut counted: Vec<_> = counted.collect();
    counted.sort();
    let expected = [("bytes", 12), ("cancelled", 1), ("done", 1), ("failed", 3)];
    assert_eq!(counted, expected.map(|(end, count)| (end.to_owned(), count)));
}
