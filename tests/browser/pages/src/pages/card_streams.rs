//! Streams in components, and components in a stream (E066, E068, E077, E086).

use firecrest::prelude::*;
use serde::Deserialize;

use super::streams::{Row, run};

pub(crate) struct CardStreams {
    cards: Stream<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Do { script: String },
}

impl LiveView for CardStreams {
    type Event = Event;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut cards = Stream::new(|(id, _): &Row| id.clone());
        run(&mut cards, "+a:A +b:B +c:C");
        Ok(CardStreams { cards })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        let Event::Do { script } = event;
        run(&mut self.cards, &script);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div id="cards" phx-update="stream">
                stream (id, (_, text)) in &self.cards {
                    {live_component::<Card>(id, CardProps { id: id.to_owned(), text: text.clone() })}
                }
            </div>
            {live_component::<Card>("alone", CardProps { id: "alone".to_owned(), text: "alone".to_owned() })}
        }
    }
}

/// A list of its own.
struct Card {
    rows: Stream<Row>,
    turn: u32,
}

#[derive(PartialEq)]
struct CardProps {
    id: String,
    text: String,
}

impl LiveComponent for Card {
    type Props = CardProps;
    type Event = Event;
    type Info = ();

    async fn mount(props: &CardProps, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let mut rows = Stream::new(|(id, _): &Row| id.clone());
        run(&mut rows, &format!("+{0}-1:1 +{0}-2:2", props.id));
        Ok(Card { rows, turn: 0 })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        let Event::Do { script } = event;
        self.turn += 1;
        run(&mut self.rows, &script);
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let CardProps { id, text } = cx.props();
        html! {
            <section id={id}>
                <h2>{text} " " {self.turn}</h2>
                <ul id={format!("{id}-rows")} phx-update="stream">
                    stream (id, (_, text)) in &self.rows { <li id={id}>{text}</li> }
                </ul>
            </section>
        }
    }
}
