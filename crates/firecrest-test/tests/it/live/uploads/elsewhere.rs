//! Files that do not pass through the server, and those of components.

use firecrest::live::{
    ComponentCx, Consumed, LiveComponent, Rendering, Upload, UploadEntry, UploadOptions, live_component,
};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestFile, TestPage};
use serde::Deserialize;
use serde_json::Value;

use super::super::fixture::endpoint;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Save,
    Cancel { file: String },
}

/// Files go to a storage service.
struct Signed {
    files: Upload<Value>,
    saved: Vec<Value>,
}

impl LiveView for Signed {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let options = UploadOptions::new().max_entries(2).auto(cx.params().get("auto").is_some());
        let options = options.external(async |entry| match entry.name() {
            "secret.txt" => Err(json!("not this one")),
            name => Ok(json!({ "uploader": "S3", "url": format!("https://storage.example/{name}") })),
        });
        Ok(Signed { files: cx.allow_upload("files", options)?, saved: Vec::new() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Check => {}
            Event::Save => {
                self.saved = self.files.consume(async |_, meta| Ok(Consumed::Done(meta))).await.unwrap();
            }
            Event::Cancel { file } => assert!(self.files.cancel(&file)),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="signed" phx-change="check" phx-submit="save">
                {self.files.input()}
                for entry in self.files.entries() {
                    <p class="entry">{entry.name()} " " {entry.progress()} "%" for error in entry.errors() { " " {error} }</p>
                }
            </form>
            for saved in &self.saved { <p class="saved">{saved["url"].as_str().unwrap_or_default()}</p> }
        }
    }
}

async fn open<V: LiveView>() -> TestPage {
    open_at::<V>("/files").await
}

async fn open_at<V: LiveView>(address: &str) -> TestPage {
    let endpoint = endpoint();
    let pages = endpoint.live("/live").page::<V>("/files");
    TestBrowser::new(&endpoint, pages.into_router()).open(address).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn f152_the_page_is_told_where_a_file_goes() {
    let mut page = open::<Signed>().await;
    let answer = page.file_input("#signed", "files").add(TestFile::new("a.txt", "abc")).preflight().await;
    assert_eq!(
        answer["entries"],
        json!({ "0": { "uploader": "S3", "url": "https://storage.example/a.txt" } })
    );
    page.file_input("#signed", "files").upload(40).await.unwrap();
    page.form("#signed").submit().await;
    assert_eq!((page.texts(".entry"), page.count(".saved")), (vec!["a.txt 66%".to_owned()], 0));
    page.file_input("#signed", "files").upload(100).await.unwrap();
    page.form("#signed").submit().await;
    assert_eq!(
        (page.count(".entry"), page.texts(".saved")),
        (0, vec!["https://storage.example/a.txt".to_owned()])
    );
}

async fn ask_for_both(page: &mut TestPage) -> Value {
    let both = page.file_input("#signed", "files");
    both.add(TestFile::new("secret.txt", "a")).add(TestFile::new("b.txt", "b")).preflight().await
}

#[tokio::test(start_paused = true)]
async fn f152_a_file_that_may_go_nowhere_shows_it_and_the_others_go() {
    let mut page = open_at::<Signed>("/files?auto").await;
    let answer = ask_for_both(&mut page).await;
    assert_eq!(answer["errors"], json!({ "0": ["external_metadata_failure"] }));
    assert_eq!(answer["entries"].as_object().unwrap().len(), 1);
    assert_eq!(page.texts(".entry"), ["secret.txt 0% the file cannot be taken", "b.txt 0%"]);
    assert_eq!(preflighted(&mut page), "1");
}

fn preflighted(page: &mut TestPage) -> String {
    page.element("input", None).attr("data-phx-preflighted-refs").unwrap().to_owned()
}

/// The client sends none of the files of a form when it may not send one: the page would wait for the others.
#[tokio::test(start_paused = true)]
async fn f152_the_files_of_a_form_go_all_or_none() {
    let mut page = open::<Signed>().await;
    let answer = ask_for_both(&mut page).await;
    assert_eq!(
        (&answer["error"], &answer["entries"]),
        (&json!([["0", "external_metadata_failure"]]), &Value::Null)
    );
    assert_eq!(page.texts(".entry"), ["secret.txt 0% the file cannot be taken", "b.txt 0%"]);
    assert_eq!(preflighted(&mut page), "");
    page.event("cancel", json!({ "file": "0" })).await;
    page.file_input("#signed", "files").upload(100).await.unwrap();
    page.form("#signed").submit().await;
    assert_eq!(page.texts(".saved"), ["https://storage.example/b.txt"]);
}

#[tokio::test(start_paused = true)]
async fn f152_what_fails_in_the_page_shows_it() {
    let mut page = open::<Signed>().await;
    page.file_input("#signed", "files").add(TestFile::new("a.txt", "abc")).upload(40).await.unwrap();
    page.file_input("#signed", "files").fail().await;
    assert_eq!(page.texts(".entry"), ["a.txt 66% the file could not be sent"]);
}

/// A component that takes files.
struct Avatar {
    file: Upload,
    saved: String,
    came: usize,
}

impl LiveComponent for Avatar {
    type Props = ();
    type Event = Event;
    type Info = u8;

    async fn mount(_props: &(), cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let options = UploadOptions::new().auto(true).on_progress(UploadEntry::progress);
        Ok(Avatar { file: cx.allow_upload("file", options)?, saved: String::new(), came: 0 })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        if let Event::Save = event {
            let saved =
                self.file.consume(async |_, file| Ok(Consumed::Done(String::from_utf8(file.read().await?)?)));
            self.saved = saved.await.unwrap().concat();
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, _progress: u8, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.came += 1;
        Outcome::NoReply
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <form id="avatar" phx-change="check" phx-submit="save" phx-target={cx.myself()}>
                {self.file.input()}
                for entry in self.file.entries() { <p class="entry">{entry.name()} " " {entry.progress()} "%"</p> }
                <output>{&self.saved}</output> <b>{self.came}</b>
            </form>
        }
    }
}

struct Profile;

impl LiveView for Profile {
    type Event = firecrest::channel::NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Profile)
    }

    fn render(&self) -> Html {
        html! { {live_component::<Avatar>("avatar", ())} }
    }
}

#[tokio::test(start_paused = true)]
async fn f158_a_component_takes_files() {
    let mut page = open::<Profile>().await;
    page.file_input("#avatar", "file").add(TestFile::new("a.png", "abc")).upload(100).await.unwrap();
    // That it has been told shows as soon as something else does.
    assert_eq!(page.texts(".entry"), ["a.png 100%"]);
    page.form("#avatar").submit().await;
    assert_eq!(
        (page.text("output"), page.text("b"), page.count(".entry")),
        ("abc".to_owned(), "1".to_owned(), 0)
    );
}
