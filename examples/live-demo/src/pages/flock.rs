//! A list in any order. Its entries have keys, so an entry that moves is not sent again.

use firecrest::prelude::*;
use rand::seq::SliceRandom as _;
use serde::Deserialize;

use crate::birds::{BIRDS, Bird};

/// How many birds there are at first.
const FIRST: usize = 6;

pub(crate) struct Flock {
    birds: Vec<&'static Bird>,
    /// What has just happened, for those who do not see it.
    news: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlockEvent {
    Add,
    Remove {
        bird: String,
    },
    SortByName,
    SortByWeight,
    Shuffle,
    /// From the hook: take out the entry at one place and put it in again at another.
    Reorder {
        from: usize,
        to: usize,
    },
}

impl LiveView for Flock {
    type Event = FlockEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Flock { birds: BIRDS[..FIRST].iter().collect(), news: String::new() })
    }

    async fn handle_event(&mut self, event: FlockEvent, _cx: &mut View<'_>) -> Outcome {
        self.news = match event {
            FlockEvent::Add => self.add(),
            FlockEvent::Remove { bird } => {
                self.birds.retain(|other| other.name != bird);
                format!("{bird} has left.")
            }
            FlockEvent::SortByName => {
                self.birds.sort_by_key(|bird| bird.name);
                "Sorted by name.".to_owned()
            }
            FlockEvent::SortByWeight => {
                self.birds.sort_by(|one, other| one.grams.total_cmp(&other.grams));
                "Sorted by weight.".to_owned()
            }
            FlockEvent::Shuffle => {
                self.birds.shuffle(&mut rand::rng());
                "Shuffled.".to_owned()
            }
            FlockEvent::Reorder { from, to } => self.reorder(from, to),
        };
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div class="row" role="group" aria-label="The whole flock">
                <button type="button" phx-click="add" disabled={self.birds.len() == BIRDS.len()}>"Add a bird"</button>
                <button type="button" class="quiet" phx-click="sort_by_name">"Sort by name"</button>
                <button type="button" class="quiet" phx-click="sort_by_weight">"Sort by weight"</button>
                <button type="button" class="quiet" phx-click="shuffle">"Shuffle"</button>
            </div>
            <ol id="flock" class="order-list" phx-hook="DragOrder">
                for bird in &self.birds, key = bird.name {
                    <li id={bird.slug()}>
                        <button type="button" data-handle aria-label={format!("Move {}", bird.name)}>"⠿"</button>
                        <span class="grow">{bird.name} " " <i>{bird.latin}</i></span>
                        <span class="badge">{bird.grams} " g"</span>
                        <button type="button" class="plain" phx-click="remove" phx-value-bird={bird.name}
                            aria-label={format!("Remove {}", bird.name)}>"✕"</button>
                    </li>
                }
            </ol>
            if self.birds.is_empty() { <p class="empty">"All have flown."</p> }
            <p class="split quiet-text">
                <span>"Drag a bird by its handle, or focus the handle and press ↑ ↓ Home End."</span>
                <output id="wire" phx-hook="WireMeter" phx-update="ignore"></output>
            </p>
            <p class="hidden-visually" role="status">{&self.news}</p>
        }
    }
}

impl Flock {
    /// The first bird that is not here comes.
    fn add(&mut self) -> String {
        match BIRDS.iter().find(|bird| !self.birds.contains(bird)) {
            Some(bird) => {
                self.birds.push(bird);
                format!("{} has come.", bird.name)
            }
            None => "All are here.".to_owned(),
        }
    }

    fn reorder(&mut self, from: usize, to: usize) -> String {
        if from.max(to) >= self.birds.len() {
            return String::new();
        }
        let bird = self.birds.remove(from);
        self.birds.insert(to, bird);
        format!("{} is now {} of {}.", bird.name, to + 1, self.birds.len())
    }
}
