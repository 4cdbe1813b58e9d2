//! Files of components end with them, and are theirs alone.

use firecrest::live::{
    ComponentCx, Consumed, LiveComponent, Rendering, Upload, UploadOptions, live_component,
};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestFile, TestPage};
use serde::Deserialize;
use tempfile::TempDir;

use super::super::fixture::endpoint;
use super::album::{count, until};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Save,
}

/// Takes files, and lets the view have its handle.
struct Tray {
    files: Upload,
    saved: String,
}

impl LiveComponent for Tray {
    /// The id of its form.
    type Props = &'static str;
    type Event = Event;
    type Info = ();

    async fn mount(_props: &&'static str, cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let files = cx.allow_upload("files", UploadOptions::new())?;
        if cx.params().get("shared").is_some() {
            cx.send_view::<Trays>(files.clone());
        }
        Ok(Tray { files, saved: String::new() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        if let Event::Save = event {
            let saved = self
                .files
                .consume(async |_, file| Ok(Consumed::Done(String::from_utf8(file.read().await?)?)));
            self.saved += &saved.await.unwrap().concat();
        }
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <form id={*cx.props()} phx-change="check" phx-submit="save" phx-target={cx.myself()}>
                {self.files.input()} <p>{&self.saved}</p>
            </form>
        }
    }
}

struct Trays {
    is_shown: bool,
    files: Vec<Upload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TraysEvent {
    Hide,
    Cancel,
}

impl LiveView for Trays {
    type Event = TraysEvent;
    type Info = Upload;

    async fn mount(_cx: &mut Mount<'_, Upload>) -> Result<Self, MountError> {
        Ok(Trays { is_shown: true, files: Vec::new() })
    }

    async fn handle_event(&mut self, event: TraysEvent, _cx: &mut View<'_, Upload>) -> Outcome {
        match event {
            TraysEvent::Hide => self.is_shown = false,
            TraysEvent::Cancel => assert!(self.files.iter().any(|files| files.cancel("0"))),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, files: Upload, _cx: &mut View<'_, Upload>) -> Outcome {
        self.files.push(files);
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        html! {
            if self.is_shown { {live_component::<Tray>("one", "first")} }
            {live_component::<Tray>("two", "second")}
        }
    }
}

async fn open(query: &str) -> (TestPage, TempDir) {
    let (endpoint, folder) = (endpoint(), tempfile::tempdir().unwrap());
    let pages = endpoint.live("/live").upload_folder(folder.path().join("files")).page::<Trays>("/trays");
    let page =
        TestBrowser::new(&endpoint, pages.into_router()).open(&format!("/trays?{query}")).await.unwrap();
    (page, folder)
}

#[tokio::test(start_paused = true)]
async fn f158_a_component_that_is_gone_takes_its_files_along() {
    let (mut page, folder) = open("").await;
    page.file_input("#first", "files").add(TestFile::new("a", "abcd")).upload(50).await.unwrap();
    page.file_input("#second", "files").add(TestFile::new("b", "efgh")).upload(50).await.unwrap();
    assert_eq!(count(&folder), 2);
    page.event("hide", ()).await;
    until(&folder, 1).await;
    page.file_input("#second", "files").upload(100).await.unwrap();
    page.form("#second").submit().await;
    assert_eq!(page.text("#second p"), "efgh");
}

#[tokio::test(start_paused = true)]
async fn f158_an_upload_may_outlive_its_component() {
    let (mut page, folder) = open("shared").await;
    page.file_input("#first", "files").add(TestFile::new("a", "abcd")).upload(50).await.unwrap();
    page.event("hide", ()).await;
    assert_eq!(count(&folder), 1);
    page.event("cancel", ()).await;
    until(&folder, 0).await;
}
