//! A list that does what a test tells it (E066–E092): streams as the published client takes them.

use firecrest::live::js::{self, Dispatch};
use firecrest::prelude::*;
use serde::Deserialize;

use super::link;

pub(crate) struct Streams {
    rows: Stream<Row>,
    look: Look,
    /// How often the page was rendered for somebody's sake.
    turn: u32,
}

/// An id and a text.
pub(super) type Row = (String, String);

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    /// A script that fills the list when it is mounted.
    first: String,
    /// The same, when the address has changed (E073).
    then: String,
    /// Whether children that are no items stand in the list (E089).
    mixed: Option<String>,
    /// Whether items say when they are removed (E087).
    farewell: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Do { script: String },
}

impl LiveView for Streams {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let look: Look = cx.parse_params()?;
        let mut rows = rows();
        run(&mut rows, &look.first);
        Ok(Streams { rows, look, turn: 0 })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.look = cx.parse_params().unwrap_or_default();
        run(&mut self.rows, &self.look.then);
        Outcome::Render
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        let Event::Do { script } = event;
        self.turn += 1;
        run(&mut self.rows, &script);
        Outcome::Render
    }

    fn render(&self) -> Html {
        let farewell =
            self.look.farewell.is_some().then(|| js::dispatch(Dispatch::new("farewell").to("#heard")));
        html! {
            <output id="turn">{self.turn}</output>
            <output id="heard" phx-update="ignore"></output>
            {link::patch("/streams?then=!+%2Bx:X+%2By:Y", "Another")}
            <ul id="list" phx-update="stream">
                if self.look.mixed.is_some() { <li id="above">"above"</li> }
                stream (id, (_, text)) in &self.rows {
                    <li id={id} data-turn={self.turn} phx-remove={&farewell} phx-click={js::add_class("touched")}>
                        {text}
                    </li>
                }
                if self.look.mixed.is_some() { <li id="below">"below " {self.turn}</li> }
            </ul>
        }
    }
}

/// Does one thing after another to a list: `+a:A` appends, `@2:a:A` inserts at an index, `~a:A` updates only, `-a` deletes, `!`
/// resets, `=` makes the list anew, `<3` and `<-3` limit. What `@2:a:A,b:B` inserts keeps its order.
pub(super) fn run(rows: &mut Stream<Row>, script: &str) {
    script.split_whitespace().for_each(|step| act(rows, step));
}

fn act(rows: &mut Stream<Row>, step: &str) {
    let (action, rest) = step.split_at(1);
    match action {
        "+" => rows.append(row(rest)),
        "@" => {
            let (at, items) = rest.split_once(':').unwrap_or((rest, ""));
            rows.insert_all(at.parse().unwrap_or_default(), items.split(',').map(row));
        }
        "~" => rows.update_only(row(rest)),
        "-" => rows.delete_id(rest),
        "!" => rows.reset(),
        "=" => *rows = self::rows(),
        "<" => drop(rows.limit(rest.parse().unwrap_or_default())),
        _ => {}
    }
}

fn rows() -> Stream<Row> {
    Stream::new(|(id, _): &Row| id.clone())
}

fn row(step: &str) -> Row {
    let (id, text) = step.split_once(':').unwrap_or((step, ""));
    (id.to_owned(), text.to_owned())
}
