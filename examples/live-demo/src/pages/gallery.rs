//! Pictures that are chosen or dropped, seen before they are sent, and sent in small pieces.

use firecrest::channel::Reason;
use firecrest::live::{Consumed, Upload, UploadEntry, UploadOptions};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::photos::Photos;

/// Most pictures at once, and on the wall.
const MAX: usize = 6;

/// The largest picture, in bytes.
const LARGEST: u64 = 5_000_000;

pub(crate) struct Gallery {
    pictures: Upload,
    /// Id and name of what hangs on the wall.
    wall: Vec<(String, String)>,
    photos: Photos,
    /// What was no picture after all.
    refused: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GalleryEvent {
    Check,
    Hang,
    Cancel { file: String },
    Remove { id: String },
}

impl LiveView for Gallery {
    type Event = GalleryEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let types = ["image/png", "image/jpeg", "image/gif", "image/webp"];
        let options = UploadOptions::new().accept(types).max_entries(MAX).max_file_size(LARGEST);
        let photos = cx.get::<Photos>().cloned().unwrap_or_default();
        let pictures = cx.allow_upload("pictures", options)?;
        Ok(Gallery { pictures, wall: Vec::new(), photos, refused: Vec::new() })
    }

    async fn handle_event(&mut self, event: GalleryEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            GalleryEvent::Check => self.refused.clear(),
            GalleryEvent::Cancel { file } => drop(self.pictures.cancel(&file)),
            GalleryEvent::Remove { id } => self.take_down(&id),
            GalleryEvent::Hang => self.hang().await,
        }
        Outcome::Render
    }

    async fn terminate(&mut self, _reason: &Reason) {
        self.wall.iter().for_each(|(id, _)| self.photos.remove(id));
    }

    fn render(&self) -> Html {
        let entries = self.pictures.entries();
        html! {
            <form id="gallery" phx-change="check" phx-submit="hang">
                <div class="drop" phx-drop-target={self.pictures.reference()}>
                    <label for={self.pictures.reference()}>"Drop pictures here, or choose some"</label>
                    {self.pictures.input()}
                    <p class="quiet-text">{MAX} " at once, 5 MB each: PNG, JPEG, GIF or WebP."</p>
                </div>
                for error in self.pictures.errors() { <p class="error" role="alert">{error}</p> }
                for name in &self.refused { <p class="error" role="alert">{name} " is no picture."</p> }
                <ul class="pictures" id="chosen">
                    for entry in &entries, key = entry.reference().to_owned() { {chosen(entry)} }
                </ul>
                <button type="submit" disabled={entries.is_empty()} phx-disable-with="Sending…">"Hang up"</button>
            </form>
            <ul class="pictures" id="wall">
                for (id, name) in &self.wall, key = id.clone() {
                    <li>
                        <img src={format!("/live-demo/photos/{id}")} alt={name}>
                        <button type="button" class="quiet" phx-click="remove" phx-value-id={id}>"Take down"</button>
                    </li>
                }
            </ul>
        }
    }
}

impl Gallery {
    async fn hang(&mut self) {
        let photos = &self.photos;
        let hung = self.pictures.consume(async |entry, file| {
            let name = entry.name().to_owned();
            Ok(Consumed::Done((photos.keep(file).await?, name)))
        });
        let hung = hung.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a picture cannot be read");
            error.taken
        });
        for (id, name) in hung {
            match id {
                Some(id) => self.wall.push((id, name)),
                None => self.refused.push(name),
            }
        }
        while self.wall.len() > MAX {
            let (oldest, _) = self.wall.remove(0);
            self.photos.remove(&oldest);
        }
    }

    fn take_down(&mut self, id: &str) {
        if let Some(at) = self.wall.iter().position(|(own, _)| own == id) {
            self.wall.remove(at);
            self.photos.remove(id);
        }
    }
}

fn chosen(entry: &UploadEntry) -> Html {
    html! {
        <li>
            {entry.preview()}
            <progress max="100" value={entry.progress()} aria-label={entry.name()}></progress>
            for error in entry.errors() { <p class="error" role="alert">{error}</p> }
            <button type="button" class="quiet" phx-click="cancel" phx-value-file={entry.reference()}>"Cancel"</button>
        </li>
    }
}
