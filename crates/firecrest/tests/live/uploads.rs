//! Files over a real connection, from clients that do as they should and from others: nothing else is touched, nothing is left.

use std::path::Path;

use firecrest::live::{Consumed, Upload, UploadOptions};
use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::pages::root;
use crate::support::until;
use crate::visitor::{Page, Tab, Visitor, error, ok};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Save,
    Cancel { file: String },
}

struct Inbox {
    files: Upload,
    saved: String,
}

impl LiveView for Inbox {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let most = if cx.params().get("many").is_some() { 150 } else { 2 };
        let options = UploadOptions::new().max_entries(most).chunk_size(4).max_file_size(10);
        Ok(Inbox { files: cx.allow_upload("files", options)?, saved: String::new() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Check => {}
            Event::Cancel { file } => drop(self.files.cancel(&file)),
            Event::Save => {
                let saved = self
                    .files
                    .consume(async |_, file| Ok(Consumed::Done(String::from_utf8(file.read().await?)?)));
                self.saved += &saved.await.unwrap().concat();
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form phx-change="check" phx-submit="save">{self.files.input()}</form>
            for entry in self.files.entries() { <p>{entry.name()} {entry.progress()}</p> }
            <output>{&self.saved}</output>
        }
    }
}

/// A page with a view that takes files.
struct Site {
    visitor: Visitor,
    folder: TempDir,
}

impl Site {
    async fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        let visitor =
            Visitor::of(|live| live.root_layout(root).upload_folder(files).page::<Inbox>("/box")).await;
        Site { visitor, folder }
    }

    async fn open(&mut self) -> Opened {
        self.open_at("/box").await
    }

    async fn open_at(&mut self, path: &str) -> Opened {
        let (tab, page, _) = self.visitor.open(path).await;
        Opened { tab, page }
    }

    fn files(&self) -> usize {
        let files: &Path = &self.folder.path().join("files");
        std::fs::read_dir(files).map_or(0, Iterator::count)
    }
}

pub(crate) struct Opened {
    pub(crate) tab: Tab,
    pub(crate) page: Page,
}

fn described(file: &str, size: u64) -> Value {
    json!({ "ref": file, "name": "a.txt", "size": size, "type": "text/plain", "last_modified": 1, "relative_path": "" })
}

impl Opened {
    fn upload(&self) -> String {
        self.page.after("data-phx-upload-ref=\"").to_owned()
    }

    /// Asks to send files of these sizes, by their numbers, and gives the answer.
    async fn preflight(&mut self, sizes: &[u64]) -> Value {
        let entries: Vec<_> =
            sizes.iter().enumerate().map(|(at, size)| described(&at.to_string(), *size)).collect();
        let asked = json!({ "ref": self.upload(), "entries": entries });
        let answer = self.tab.ask(&self.page.topic(), "allow_upload", asked).await;
        ok(&answer).clone()
    }

    pub(crate) async fn token(&mut self, size: u64) -> Value {
        self.preflight(&[size]).await["entries"]["0"].clone()
    }

    pub(crate) async fn join(&mut self, file: &str, token: &Value) -> Value {
        self.tab.join(&format!("lvu:{file}"), json!({ "token": token })).await
    }

    /// Sends a chunk, and gives the answer.
    pub(crate) async fn chunk(&mut self, file: &str, data: &[u8]) -> Value {
        let frame = chunk("77", &format!("lvu:{file}"), data);
        self.tab.send_binary(&frame).await;
        self.tab.reply_to("77").await
    }

    /// Submits the form, and gives what has changed.
    async fn save(&mut self) -> String {
        let submit = json!({ "type": "form", "event": "save", "value": "" });
        ok(&self.tab.ask(&self.page.topic(), "event", submit).await).to_string()
    }

    async fn progress(&mut self, file: &str, progress: Value) -> Value {
        self.progress_of(self.upload().into(), file, progress).await
    }

    async fn progress_of(&mut self, upload: Value, file: &str, progress: Value) -> Value {
        let said = json!({ "event": null, "ref": upload, "entry_ref": file, "progress": progress });
        let answer = self.tab.ask(&self.page.topic(), "progress", said).await;
        ok(&answer).clone()
    }
}

/// A binary frame of the client (spec §2.2), without a join ref.
fn chunk(reference: &str, topic: &str, data: &[u8]) -> Vec<u8> {
    let lengths =
        [0, reference.len(), topic.len(), "chunk".len()].map(|length| u8::try_from(length).unwrap());
    [&[0], &lengths[..], reference.as_bytes(), topic.as_bytes(), b"chunk", data].concat()
}

#[tokio::test]
async fn f150_a_file_comes_in_chunks_and_the_state_of_the_input_with_each_answer() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let answer = it.preflight(&[6]).await;
    assert_eq!(answer["ref"], it.upload());
    assert_eq!(answer["config"]["chunk_size"], 4);
    assert!(answer["diff"].to_string().contains("\"0\""), "the input says so at once: {answer}");
    let token = answer["entries"]["0"].clone();
    assert_eq!(ok(&it.join("0", &token).await), &json!({}));
    assert_eq!(ok(&it.chunk("0", b"abcd").await), &json!({}));
    assert_eq!(site.files(), 1);
    assert!(it.progress("0", json!(66)).await["diff"].to_string().contains("66"));
    assert_eq!(ok(&it.chunk("0", b"ef").await), &json!({}));
    it.progress("0", json!(100)).await;
    let topic = it.page.topic();
    let reference =
        it.tab.tell(&topic, "event", json!({ "type": "form", "event": "save", "value": "" })).await;
    // The channel of a file that was consumed is closed.
    let frames = [it.tab.next_json().await, it.tab.next_json().await];
    assert!(
        frames.iter().any(|frame| frame[1] == *reference && frame[4].to_string().contains("abcdef")),
        "{frames:?}"
    );
    assert!(frames.iter().any(|frame| frame[2] == "lvu:0" && frame[3] == "phx_close"), "{frames:?}");
    until(|| site.files() == 0).await;
}

#[tokio::test]
async fn f150_more_than_was_said_is_refused_and_removed() {
    for (first, more, limit) in
        [(&b"abcd"[..], &b"efg"[..], "file_size_limit_exceeded"), (b"ab", b"12345", "chunk_too_large")]
    {
        let mut site = Site::new().await;
        let mut it = site.open().await;
        let token = it.token(6).await;
        ok(&it.join("0", &token).await);
        ok(&it.chunk("0", first).await);
        let refused = it.chunk("0", more).await;
        assert_eq!(error(&refused)["reason"], limit);
        it.tab.push("lvu:0", "phx_close").await;
        let topic = it.page.topic();
        assert!(it.tab.push(&topic, "diff").await.to_string().contains("\"\""));
        until(|| site.files() == 0).await;
        // Nothing is known of it any more.
        assert_eq!(it.progress("0", json!(100)).await, json!({}));
        assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "disallowed" }));
    }
}

#[tokio::test]
async fn f150_a_token_is_for_one_file_of_one_view_once() {
    let mut site = Site::new().await;
    let (mut it, mut other) = (site.open().await, site.open().await);
    let token = it.token(6).await;
    for forged in [json!("forged"), json!(""), json!(7), Value::Null] {
        assert_eq!(error(&it.join("0", &forged).await), &json!({ "reason": "invalid_token" }));
    }
    assert_eq!(
        error(&other.join("0", &token).await),
        &json!({ "reason": "disallowed" }),
        "another connection"
    );
    ok(&it.join("0", &token).await);
    assert_eq!(error(&it.join("1", &token).await), &json!({ "reason": "already_registered" }));
    let topic = it.page.topic();
    it.tab.click(&topic, "cancel", json!({ "file": "0" })).await;
    it.tab.push("lvu:0", "phx_close").await;
    assert_eq!(error(&it.join("1", &token).await), &json!({ "reason": "disallowed" }), "cancelled");
    until(|| site.files() == 0).await;
}

#[tokio::test]
async fn f150_who_claims_to_be_done_is_not() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    assert!(!it.progress("0", json!(100)).await.to_string().contains("100"));
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"abc").await);
    assert!(it.progress("0", json!(100)).await.to_string().contains("50"));
    assert!(!it.save().await.contains("abc"));
}

#[tokio::test]
async fn f150_more_files_than_allowed_are_not_taken() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let answer = it.preflight(&[1, 1, 1]).await;
    assert_eq!((&answer["error"], &answer["entries"]), (&json!([["2", "too_many_files"]]), &Value::Null));
    let many: Vec<_> = (0..1_000).map(|file| described(&file.to_string(), 1)).collect();
    let topic = it.page.topic();
    let uploads = json!({ it.upload(): many });
    let said = json!({ "type": "form", "event": "check", "value": "", "uploads": uploads });
    let answer = it.tab.ask(&topic, "event", said).await;
    assert!(ok(&answer).to_string().contains("65") && !ok(&answer).to_string().contains("66,"), "{answer}");
}

#[tokio::test]
async fn f150_what_is_no_message_about_files_crashes_its_view_alone() {
    for (event, payload) in [
        ("allow_upload", json!({ "ref": "x", "entries": 7 })),
        ("allow_upload", json!({ "ref": "x", "entries": [{ "ref": "a,b", "name": "", "size": 1 }] })),
        (
            "allow_upload",
            json!({ "ref": "x", "entries": [{ "ref": "0", "name": "x".repeat(5_000), "size": 1 }] }),
        ),
        ("progress", json!({ "ref": "x", "entry_ref": "0", "progress": "all" })),
        ("event", json!({ "type": "form", "event": "check", "value": "", "uploads": { "x": [{}] } })),
    ] {
        let mut site = Site::new().await;
        let mut it = site.open().await;
        let other = site.visitor.get("/box").await;
        ok(&it.tab.join(&other.topic(), other.join("/box")).await);
        let topic = it.page.topic();
        it.tab.tell(&topic, event, payload).await;
        it.tab.push(&topic, "phx_error").await;
        it.tab.click(&other.topic(), "check", json!({})).await;
    }
}

#[tokio::test]
async fn f150_what_is_no_chunk_ends_the_file_and_its_view() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"abcd").await);
    it.tab.tell("lvu:0", "chunk", json!({ "text": "abc" })).await;
    let frames = [it.tab.next_json().await, it.tab.next_json().await];
    let ends = frames.iter().filter(|frame| frame[3] == "phx_error").count();
    assert_eq!(ends, 2, "{frames:?}");
    until(|| site.files() == 0).await;
}

#[tokio::test]
async fn f150_a_client_that_vanishes_leaves_nothing() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let answer = it.preflight(&[6, 2]).await;
    for (file, data) in [("0", &b"abcd"[..]), ("1", b"ef")] {
        ok(&it.join(file, &answer["entries"][file]).await);
        ok(&it.chunk(file, data).await);
    }
    assert_eq!(site.files(), 2);
    drop(it);
    until(|| site.files() == 0).await;
}

#[tokio::test]
async fn f150_an_empty_file_is_complete_at_once() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(0).await;
    ok(&it.join("0", &token).await);
    assert_eq!(site.files(), 1);
    assert!(it.progress("0", json!(100)).await.to_string().contains("100"));
}

#[tokio::test]
async fn f150_a_client_that_leaves_a_files_channel_gives_it_up() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"abcd").await);
    it.tab.tell("lvu:0", "phx_leave", json!({})).await;
    until(|| site.files() == 0).await;
    let topic = it.page.topic();
    let mut frames = Vec::new();
    while !frames.iter().any(|frame: &Value| frame[2] == *topic) {
        frames.push(it.tab.next_json().await);
    }
    assert!(frames.last().unwrap()[4].to_string().contains("\"\""), "the input shows no file: {frames:?}");
}

#[tokio::test]
async fn f150_files_are_no_channels_of_their_connection() {
    let mut site = Site::new().await;
    let mut it = site.open_at("/box?many").await;
    let answer = it.preflight(&[1; 150]).await;
    for file in 0..150 {
        let file = file.to_string();
        ok(&it.join(&file, &answer["entries"][&file]).await);
    }
    // Nor do they take the place of those.
    let other = site.visitor.get("/box").await;
    ok(&it.tab.join(&other.topic(), other.join("/box")).await);
}

/// A script may send a blob: it has no name, and when it was changed nobody knows.
#[tokio::test]
async fn f150_what_a_script_sends_has_no_name() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let asked = json!({ "ref": it.upload(), "entries": [{ "ref": "0", "size": 2, "type": "text/plain" }] });
    let answer = it.tab.ask(&it.page.topic(), "allow_upload", asked).await;
    ok(&it.join("0", &ok(&answer)["entries"]["0"]).await);
    ok(&it.chunk("0", b"ab").await);
    it.progress("0", json!(100)).await;
    assert!(it.save().await.contains("ab"));
}

/// A client that has given up one file of an input takes the upload's ref away from it.
#[tokio::test]
async fn f154_progress_finds_its_upload_by_the_file() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"abc").await);
    assert!(it.progress_of(Value::Null, "0", json!(50)).await.to_string().contains("50"));
    assert_eq!(it.progress_of(Value::Null, "7", json!(50)).await, json!({}));
}

#[tokio::test]
async fn f150_a_chunk_after_the_cancel_is_nobodys_and_the_other_file_arrives() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let answer = it.preflight(&[6, 2]).await;
    for file in ["0", "1"] {
        ok(&it.join(file, &answer["entries"][file]).await);
    }
    ok(&it.chunk("0", b"abcd").await);
    let topic = it.page.topic();
    it.tab.click(&topic, "cancel", json!({ "file": "0" })).await;
    it.tab.push("lvu:0", "phx_close").await;
    assert_eq!(error(&it.chunk("0", b"ef").await), &json!({ "reason": "unmatched topic" }));
    until(|| site.files() == 1).await;
    ok(&it.chunk("1", b"gh").await);
    it.progress("1", json!(100)).await;
    assert!(it.save().await.contains("gh"));
    until(|| site.files() == 0).await;
}

#[tokio::test]
async fn f150_more_than_all_of_a_file_ends_its_channel_and_the_file_stays() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(2).await;
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"ab").await);
    it.progress("0", json!(100)).await;
    assert_eq!(error(&it.chunk("0", b"c").await)["reason"], "file_size_limit_exceeded");
    it.tab.push("lvu:0", "phx_close").await;
    assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "already_registered" }));
    let saved = it.save().await;
    assert!(saved.contains("ab") && !saved.contains("abc"), "{saved}");
}

/// The client gives up all files of a form because of one, so that none may be waited for.
#[tokio::test]
async fn f150_of_a_form_with_a_cancelled_file_none_is_sent() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    it.preflight(&[1]).await;
    let topic = it.page.topic();
    it.tab.click(&topic, "cancel", json!({ "file": "0" })).await;
    let answer = it.preflight(&[1, 1]).await;
    assert_eq!((&answer["error"], &answer["entries"]), (&json!([["0", "cancelled"]]), &Value::Null));
    let asked = json!({ "ref": it.upload(), "entries": [described("1", 1)] });
    let answer = it.tab.ask(&topic, "allow_upload", asked).await;
    assert!(ok(&answer)["entries"]["1"].is_string(), "{answer}");
}

#[tokio::test]
async fn f150_a_file_whose_channel_the_client_cannot_join_is_gone() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    let answer = it.progress("0", json!({ "error": "too many channels joined" })).await;
    assert!(answer["diff"].to_string().contains("\"\""), "the input shows no file: {answer}");
    assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "disallowed" }));
}

#[tokio::test]
async fn f150_a_token_ends_with_its_view() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let token = it.token(6).await;
    let topic = it.page.topic();
    it.tab.tell(&topic, "nonsense", json!({})).await;
    it.tab.push(&topic, "phx_error").await;
    assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "disallowed" }));
    let again = site.visitor.get("/box").await;
    ok(&it.tab.join(&again.topic(), again.join("/box")).await);
    assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "disallowed" }));
    assert_eq!(site.files(), 0);
}

/// Of two views on one connection each has its own files, whatever they are called.
#[tokio::test]
async fn f150_the_files_of_another_view_are_not_touched() {
    let mut site = Site::new().await;
    let mut it = site.open().await;
    let other = site.visitor.get("/box").await;
    ok(&it.tab.join(&other.topic(), other.join("/box")).await);
    let token = it.token(4).await;
    ok(&it.join("0", &token).await);
    ok(&it.chunk("0", b"ab").await);
    // The other view is told of the files of this one.
    let said = json!({ "ref": it.upload(), "entry_ref": "0", "progress": 50 });
    assert_eq!(ok(&it.tab.ask(&other.topic(), "progress", said).await), &json!({}));
    let asked = json!({ "ref": it.upload(), "entries": [described("1", 1)] });
    let answer = it.tab.ask(&other.topic(), "allow_upload", asked).await;
    assert_eq!((&ok(&answer)["error"], &ok(&answer)["entries"]), (&json!([]), &Value::Null));
    it.tab.tell(&other.topic(), "nonsense", json!({})).await;
    it.tab.push(&other.topic(), "phx_error").await;
    ok(&it.chunk("0", b"cd").await);
    it.progress("0", json!(100)).await;
    assert!(it.save().await.contains("abcd"));
}
