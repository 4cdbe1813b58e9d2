use bytes::Bytes;
use firecrest::live::{Consumed, Fault, Upload, UploadOptions, UploadWriter};
use firecrest::prelude::*;

struct Count(usize);

impl UploadWriter for Count {
    type Meta = usize;

    async fn write_chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        self.0 += chunk.iter().filter(|byte| **byte == b'\n').count();
        Ok(())
    }

    async fn finish(self) -> Result<usize, Fault> {
        Ok(self.0)
    }
}

struct Lines {
    text: Upload<usize>,
    lines: usize,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum LinesEvent {
    Check,
    Count,
}

impl LiveView for Lines {
    type Event = LinesEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let options = UploadOptions::new().accept([".txt"]).writer(async |_| Ok(Count(0)));
        Ok(Lines { text: cx.allow_upload("text", options)?, lines: 0 })
    }

    async fn handle_event(&mut self, event: LinesEvent, _cx: &mut View<'_>) -> Outcome {
        if let LinesEvent::Count = event {
            let lines = self.text.consume(async |_, lines| Ok(Consumed::Done(lines))).await;
            self.lines = lines.unwrap_or_default().iter().sum();
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="lines" phx-change="check" phx-submit="count">{self.text.input()}</form>
            <output>{self.lines}</output>
        }
    }
}
