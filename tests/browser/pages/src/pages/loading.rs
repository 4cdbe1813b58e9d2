//! Streams that work in the background fills, in a loop over what it loads (E088).

use std::convert::Infallible;

use firecrest::prelude::*;

pub(crate) struct Loading {
    parts: [(&'static str, Async<Stream<String>>); 3],
}

impl LiveView for Loading {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Loading { parts: ["birds", "flies", "trees"].map(|name| (name, cx.load(rows(name)))) })
    }

    fn render(&self) -> Html {
        html! {
            for (name, rows) in &self.parts, key = name {
                match rows.state() {
                    AsyncState::Ok(rows) => {
                        <ul id={*name} phx-update="stream">
                            stream (id, row) in rows { <li id={id}>{row}</li> }
                        </ul>
                    }
                    _ => { <p>{name} " …"</p> }
                }
            }
        }
    }
}

async fn rows(name: &str) -> Result<Stream<String>, Infallible> {
    let mut stream = Stream::new(String::clone);
    stream.extend((1..=3).map(|number| format!("{name}-{number}")));
    Ok(stream)
}
