//! A page whose rows are components.

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use firecrest::live::{Call, Held, Html, Members, Pass, Roster};
use firecrest::prelude::html;
use yardsticks::Cost;

use super::measure::{SEED, no_view};

/// Changes that are measured at a time, so that looking at the clock costs nothing.
const BATCH: usize = 100;

/// A page of components, as one client holds it.
pub(crate) struct Board {
    cards: Vec<u64>,
    roster: Roster,
    held: Held,
}

/// The components' type.
struct Card;

impl Board {
    /// A board whose client has been sent so many cards.
    pub(crate) fn shown(cards: usize) -> Result<Self, Box<dyn Error>> {
        let mut board = Board { cards: vec![1_000_000; cards], roster: Roster::new(), held: Held::new(SEED) };
        board.all(true)?;
        Ok(board)
    }

    /// Counts what it costs to render one card that has changed, and to render all; gives the length of the largest message
    /// about one.
    pub(crate) fn measure(&mut self, one: &mut Cost, all: &mut Cost) -> Result<usize, Box<dyn Error>> {
        let mut bytes = 0;
        one.of(BATCH, || -> Result<(), Box<dyn Error>> {
            for step in 0..BATCH {
                bytes = bytes.max(black_box(self.change(step * 7)?).as_str().len());
            }
            Ok(())
        })?;
        all.of(1, || self.all(false).map(black_box))?;
        Ok(bytes)
    }

    /// One card changes.
    pub(crate) fn change(&mut self, card: usize) -> Result<Members, Box<dyn Error>> {
        let card = card % self.cards.len();
        self.cards[card] += 1;
        // They have been numbered in order, from 1.
        let pass = self.roster.components(&[card as u32 + 1]);
        self.finish(pass)
    }

    /// The page and all cards are rendered anew.
    pub(crate) fn all(&mut self, is_first: bool) -> Result<Members, Box<dyn Error>> {
        self.finish(Pass::view(self.page(), is_first))
    }

    fn page(&self) -> Html {
        let cards = (0..self.cards.len()).map(|card| {
            let mut html = Html::empty();
            html.component(Call::new::<Card>(card.to_string(), Arc::new(card), &()));
            html
        });
        html! { <ul>for card in cards { <li>{card}</li> }</ul> }
    }

    fn finish(&mut self, mut pass: Pass) -> Result<Members, Box<dyn Error>> {
        loop {
            let level = self.roster.next(&mut pass)?;
            if level.is_empty() {
                break;
            }
            for due in level {
                let html = card(self.cards[due.cid as usize - 1]);
                pass.rendered(&due, html);
            }
        }
        self.roster.end(&pass)?;
        Ok(self.held.show(&pass, &mut no_view)?)
    }
}

/// A card.
fn card(count: u64) -> Html {
    html! {
        <article class="card">
            <h3>"Card"</h3>
            <p>"Seen " {count} " times, by " {count % 7} " people"</p>
            <button phx-click="see" phx-target={count % 5}>"See"</button>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_card_is_a_small_message_and_all_that_are_the_same_none() {
        let mut board = Board::shown(1000).unwrap();
        let message = board.change(499).unwrap();
        assert!(
            message.as_str().starts_with("\"c\":{\"500\":{") && message.as_str().len() < 100,
            "{message}"
        );
        assert!(board.all(false).unwrap().is_empty());
    }
}
