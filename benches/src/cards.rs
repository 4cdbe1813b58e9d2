//! A page of components.

use std::sync::Arc;

use firecrest_live::{Call, Held, Html, Members, Pass, Roster, html};

/// Cards, as one client holds them.
#[derive(Debug)]
pub struct Cards {
    counts: Vec<u32>,
    roster: Roster,
    held: Held,
}

struct Card;

impl Cards {
    /// A page whose client has been sent so many cards.
    pub fn shown(cards: usize) -> Self {
        let mut page = Cards { counts: vec![0; cards], roster: Roster::new(), held: Held::new(7) };
        let cards = (0..cards).map(|card| {
            let mut html = Html::empty();
            html.component(Call::new::<Card>(card.to_string(), Arc::new(card), &()));
            html
        });
        let view = html! { <ul>for card in cards { <li>{card}</li> }</ul> };
        page.finish(Pass::view(view, true));
        page
    }

    /// The message about one that has changed.
    pub fn change(&mut self) -> Members {
        self.counts[6] += 1;
        // They have been numbered in order, from 1.
        let pass = self.roster.components(&[7]);
        self.finish(pass)
    }

    fn finish(&mut self, mut pass: Pass) -> Members {
        while let level = self.roster.next(&mut pass).expect("all cards differ")
            && !level.is_empty()
        {
            for due in level {
                let count = self.counts[due.cid as usize - 1];
                pass.rendered(&due, html! { <p>"Seen " {count} " times"</p> });
            }
        }
        self.roster.end(&pass).expect("all cards differ");
        self.held.show(&pass, &mut |_| String::new()).expect("a card is one element")
    }
}
