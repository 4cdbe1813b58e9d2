use std::path::PathBuf;

use firecrest::live::{Consumed, Upload, UploadOptions};
use firecrest::prelude::*;

struct Album {
    photos: Upload,
    saved: Vec<PathBuf>,
    folder: PathBuf,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum AlbumEvent {
    Check,
    Save,
    Cancel { file: String },
}

impl LiveView for Album {
    type Event = AlbumEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let folder = cx.get::<PathBuf>().cloned().unwrap_or_default();
        let options = UploadOptions::new().accept([".jpg", ".png"]).max_entries(5).max_file_size(10_000_000);
        Ok(Album { photos: cx.allow_upload("photos", options)?, saved: Vec::new(), folder })
    }

    async fn handle_event(&mut self, event: AlbumEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            AlbumEvent::Check => {}
            AlbumEvent::Cancel { file } => drop(self.photos.cancel(&file)),
            AlbumEvent::Save => {
                let folder = self.folder.clone();
                let saved = self.photos.consume(async |entry, file| {
                    let path = folder.join(format!("{}.photo", file.path().file_name().unwrap_or_default().display()));
                    file.persist(&path).await?;
                    tracing::info!(name = entry.name(), size = entry.size(), "a photo is kept");
                    Ok(Consumed::Done(path))
                });
                let saved = saved.await.unwrap_or_else(|error| {
                    cx.put_flash("error", format!("Not everything could be kept: {error}"));
                    error.taken
                });
                self.saved.extend(saved);
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="album" phx-change="check" phx-submit="save" phx-drop-target={self.photos.reference()}>
                {self.photos.input()}
                for entry in self.photos.entries(), key = entry.reference().to_owned() {
                    <figure>
                        {entry.preview()}
                        <progress max="100" value={entry.progress()}></progress>
                        <button type="button" phx-click="cancel" phx-value-file={entry.reference()}>"Cancel"</button>
                        for error in entry.errors() { <p class="error">{error}</p> }
                    </figure>
                }
                for error in self.photos.errors() { <p class="error">{error}</p> }
                <button>"Save"</button>
            </form>
            <p id="saved">{self.saved.len()}</p>
        }
    }
}
