//! Components inside components: cards, each with a state of its own, in boxes that hang in two places.

use firecrest::channel::NoEvents;
use firecrest::prelude::*;
use serde::Deserialize;

use crate::birds::{BIRDS, Bird};

const PLACES: [&str; 2] = ["Wood", "Garden"];

/// Who is where. What is on a card, the card knows.
pub(crate) struct Board([Vec<&'static Bird>; 2]);

/// What cards want of the board.
pub(crate) enum Wish {
    Move(&'static Bird),
    Leave(&'static Bird),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BoardEvent {
    Swap,
    Count,
    Return,
}

impl LiveView for Board {
    type Event = BoardEvent;
    type Info = Wish;

    async fn mount(_cx: &mut Mount<'_, Wish>) -> Result<Self, MountError> {
        Ok(Board([BIRDS[..3].iter().collect(), BIRDS[3..5].iter().collect()]))
    }

    async fn handle_event(&mut self, event: BoardEvent, cx: &mut View<'_, Wish>) -> Outcome {
        match event {
            BoardEvent::Swap => self.0.reverse(),
            BoardEvent::Count => cx.send_components::<Card>(Seen),
            BoardEvent::Return => self.0[0].extend(self.missing()),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, wish: Wish, _cx: &mut View<'_, Wish>) -> Outcome {
        let (Wish::Move(bird) | Wish::Leave(bird)) = wish;
        let from = self.0.iter().position(|birds| birds.contains(&bird)).unwrap_or_default();
        self.0[from].retain(|other| *other != bird);
        if let Wish::Move(bird) = wish {
            self.0[1 - from].push(bird);
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let missing = self.missing().len();
        html! {
            <div class="row" role="group" aria-label="All birds">
                <button type="button" phx-click="count">"Count them all"</button>
                <button type="button" class="quiet" phx-click="swap">"Swap the places"</button>
                <button type="button" class="quiet" phx-click="return" disabled={missing == 0}>"Call them back"</button>
            </div>
            <div class="board">
                for (place, birds) in PLACES.into_iter().zip(&self.0), key = place {
                    {live_component::<Place>(place, (place, birds.clone()))}
                }
            </div>
        }
    }
}

impl Board {
    /// Those of the first five that have left.
    fn missing(&self) -> Vec<&'static Bird> {
        BIRDS[..5].iter().filter(|bird| !self.0.concat().contains(bird)).collect()
    }
}

/// A place with birds: nothing but its name and who is there.
struct Place;

impl LiveComponent for Place {
    type Props = (&'static str, Vec<&'static Bird>);
    type Event = NoEvents;
    type Info = ();

    async fn mount(_props: &Self::Props, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Place)
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let (name, birds) = cx.props();
        html! {
            <section class="stack" aria-label={name}>
                <h2>{name}</h2>
                <ul>
                    for bird in birds, key = bird.name { <li>{live_component::<Card>(bird.slug(), *bird)}</li> }
                </ul>
                if birds.is_empty() { <p class="empty">"Nobody is here."</p> }
            </section>
        }
    }
}

/// A card about a bird. It keeps what it knows wherever it is moved to, and forgets it when the bird leaves.
struct Card {
    open: bool,
    seen: u32,
}

/// The bird was seen.
#[derive(Clone)]
struct Seen;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CardEvent {
    Toggle,
    See,
    Move,
    Leave,
}

impl LiveComponent for Card {
    type Props = &'static Bird;
    type Event = CardEvent;
    type Info = Seen;

    async fn mount(_bird: &&'static Bird, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Card { open: false, seen: 0 })
    }

    async fn handle_event(&mut self, event: CardEvent, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        let bird = *cx.props();
        match event {
            CardEvent::Toggle => self.open = !self.open,
            CardEvent::See => self.seen += 1,
            CardEvent::Move => cx.send_view::<Board>(Wish::Move(bird)),
            CardEvent::Leave => cx.send_view::<Board>(Wish::Leave(bird)),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, Seen: Seen, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.seen += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let (bird, me) = (cx.props(), cx.myself());
        html! {
            <article id={bird.slug()} class="card" aria-label={bird.name}>
                <h3>
                    <button type="button" class="plain" aria-expanded={self.open.to_string()} phx-click="toggle"
                        phx-target={me}>{bird.name}</button>
                    <span class="badge">"seen " {self.seen}</span>
                </h3>
                if self.open { <p>{bird.about}</p> }
                <div class="row">
                    <button type="button" class="quiet" phx-click="see" phx-target={me}>"Saw it"</button>
                    <button type="button" class="quiet" phx-click="move" phx-target={me}>"Move"</button>
                    <button type="button" class="quiet" phx-click="leave" phx-target={me}>"Leaves"</button>
                </div>
            </article>
        }
    }
}
