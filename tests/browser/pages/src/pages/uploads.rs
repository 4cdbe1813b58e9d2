//! A form with files that does what its address asks for (E093–E105).

use firecrest::live::{Consumed, Upload, UploadEntry, UploadOptions};
use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::link;

pub(crate) struct Uploads {
    files: Files,
    saved: Vec<(String, String)>,
}

/// Files that come here, or go elsewhere.
enum Files {
    Here(Upload),
    Elsewhere(Upload<Value>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Check,
    Save,
    Cancel { file: String },
}

impl LiveView for Uploads {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let has = |name: &str| cx.params().get(name).is_some();
        let options = UploadOptions::new().accept([".txt", ".md"].into_iter().filter(|_| !has("any")));
        let options = options.max_entries(if has("many") { 150 } else { 2 }).chunk_size(20).auto(has("auto"));
        let files = match has("elsewhere") {
            true => Files::Elsewhere(cx.allow_upload("files", options.external(permit))?),
            false => Files::Here(cx.allow_upload("files", options)?),
        };
        Ok(Uploads { files, saved: Vec::new() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match (event, &self.files) {
            (Event::Check, _) => {}
            (Event::Save, Files::Elsewhere(files)) => {
                let saved = files.consume(async |entry, _| {
                    Ok(Consumed::Done((entry.name().to_owned(), "elsewhere".to_owned())))
                });
                self.saved.extend(saved.await.unwrap_or_default());
            }
            (Event::Cancel { file }, Files::Here(files)) => drop(files.cancel(&file)),
            (Event::Cancel { file }, Files::Elsewhere(files)) => drop(files.cancel(&file)),
            (Event::Save, Files::Here(files)) => {
                let saved = files.consume(async |entry, file| {
                    let text = String::from_utf8(file.read().await?)?;
                    Ok(Consumed::Done((entry.name().to_owned(), text)))
                });
                self.saved.extend(saved.await.unwrap_or_default());
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let (target, input, entries, errors) = match &self.files {
            Files::Here(files) => (files.reference(), files.input(), files.entries(), files.errors()),
            Files::Elsewhere(files) => (files.reference(), files.input(), files.entries(), files.errors()),
        };
        html! {
            <form id="upload" phx-change="check" phx-submit="save" phx-hook="Script">
                {input}
                <section id="drop" phx-drop-target={target}>
                    <p id="inside">"Drop files here"</p>
                    for entry in &entries, key = entry.reference().to_owned() { {shown(entry)} }
                </section>
                for error in &errors { <p class="error">{error}</p> }
                <button>"Save"</button>
            </form>
            for (name, text) in &self.saved { <pre class="saved" title={name}>{text}</pre> }
            {link::navigate("/uploads", "Elsewhere")}
        }
    }
}

/// Where a file goes, by its name.
async fn permit(entry: UploadEntry) -> Result<Value, Value> {
    match entry.name() {
        "nowhere.txt" => Err(json!("no")),
        "whole.txt" => Ok(json!({ "uploader": "Whole" })),
        _ => Ok(json!({ "uploader": "Half" })),
    }
}

fn shown(entry: &UploadEntry) -> Html {
    html! {
        <article class="entry">
            <b>{entry.name()}</b> " " <i>{entry.progress()} "%"</i>
            for error in entry.errors() { <em>{error}</em> }
            <button type="button" phx-click="cancel" phx-value-file={entry.reference()}>"Cancel " {entry.name()}</button>
        </article>
    }
}
