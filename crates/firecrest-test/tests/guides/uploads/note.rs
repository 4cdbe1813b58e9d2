use firecrest::live::{Consumed, Upload, UploadOptions};
use firecrest::prelude::*;

struct Note {
    note: Upload,
    text: String,
}

/// How far the file is.
struct Came {
    file: String,
    is_done: bool,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum NoteEvent {
    Check,
}

impl LiveView for Note {
    type Event = NoteEvent;
    type Info = Came;

    async fn mount(cx: &mut Mount<'_, Came>) -> Result<Self, MountError> {
        let options = UploadOptions::new().auto(true).on_progress(|entry| Came {
            file: entry.reference().to_owned(),
            is_done: entry.is_done(),
        });
        Ok(Note { note: cx.allow_upload("note", options)?, text: String::new() })
    }

    async fn handle_event(&mut self, NoteEvent::Check: NoteEvent, _cx: &mut View<'_, Came>) -> Outcome {
        Outcome::Render
    }

    async fn handle_info(&mut self, came: Came, _cx: &mut View<'_, Came>) -> Outcome {
        if came.is_done {
            let read = self.note.consume_entry(&came.file, async |_, file| Ok(Consumed::Done(file.read().await?)));
            if let Ok(Some(text)) = read.await {
                self.text = String::from_utf8_lossy(&text).into_owned();
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <form id="note" phx-change="check">{self.note.input()}</form> <pre>{&self.text}</pre> }
    }
}
