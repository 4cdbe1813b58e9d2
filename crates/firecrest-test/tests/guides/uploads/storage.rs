use firecrest::live::{Consumed, Upload, UploadOptions};
use firecrest::prelude::*;
use serde_json::Value;

struct Storage {
    files: Upload<Value>,
    stored: Vec<Value>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum StorageEvent {
    Check,
    Save,
}

fn sign(name: &str) -> Option<String> {
    (name != "no").then(|| format!("https://storage.example/{}?signature=…", name.len()))
}

impl LiveView for Storage {
    type Event = StorageEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let options = UploadOptions::new().max_entries(3).external(async |entry| match sign(entry.name()) {
            Some(url) => Ok(json!({ "uploader": "S3", "url": url })),
            None => Err(json!("there is no room")),
        });
        Ok(Storage { files: cx.allow_upload("files", options)?, stored: Vec::new() })
    }

    async fn handle_event(&mut self, event: StorageEvent, _cx: &mut View<'_>) -> Outcome {
        if let StorageEvent::Save = event {
            let stored = self.files.consume(async |_, told| Ok(Consumed::Done(told))).await;
            self.stored.extend(stored.unwrap_or_default());
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="storage" phx-change="check" phx-submit="save">{self.files.input()}</form>
            <output>{self.stored.len()}</output>
        }
    }
}
