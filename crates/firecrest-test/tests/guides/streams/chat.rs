use firecrest::prelude::*;

struct Line {
    number: u64,
    text: String,
}

struct Chat {
    lines: Stream<Line>,
    said: u64,
}

impl LiveView for Chat {
    type Event = ChatEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut lines = Stream::new(|line: &Line| format!("line-{}", line.number));
        lines.limit(-100);
        Ok(Chat { lines, said: 0 })
    }

    async fn handle_event(&mut self, event: ChatEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            ChatEvent::Say { text } => {
                self.said += 1;
                self.lines.append(Line { number: self.said, text });
            }
            ChatEvent::Delete { id } => self.lines.delete_id(&id),
            ChatEvent::Clear => self.lines.reset(),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form phx-submit="say"><input type="text" name="text" aria-label="Say something"></form>
            <ul id="lines" phx-update="stream">
                stream (id, line) in &self.lines {
                    <li id={id}>
                        {&line.text}
                        <button phx-click="delete" phx-value-id={id}>"✕"</button>
                    </li>
                }
                <li id="silence" class="only">"Nobody has said anything."</li>
            </ul>
            <button phx-click="clear">"Clear"</button>
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChatEvent {
    Say { text: String },
    Delete { id: String },
    Clear,
}
