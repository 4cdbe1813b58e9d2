//! Any sequence of turns, through a stream, what is held of it and what the client makes of it.

use firecrest_live::{Held, Replica};
use proptest::prelude::*;

use crate::client::stand_in;
use crate::stream_model::{Action, Paper, act, page, stream, turns};

fn merge(replica: &mut Replica, message: &str) {
    replica
        .merge(&serde_json::from_str(message).unwrap())
        .unwrap_or_else(|error| panic!("{error}: {message}"));
}

proptest! {
    #[test]
    fn f058_t63_the_client_shows_what_was_done_to_a_stream(turns in turns()) {
        let (mut held, mut replica) = (Held::new(7), Replica::new());
        let (mut stream, mut paper) = (stream(), Paper::default());
        for turn in &turns {
            turn.iter().for_each(|action| act(&mut stream, action));
            paper.turn(turn);
            let message = held.diff(&page(&stream), &mut stand_in).unwrap().to_string();
            merge(&mut replica, &message);
            prop_assert_eq!(replica.html().unwrap(), paper.html(), "{}", message);
            prop_assert!(held.diff(&page(&stream), &mut stand_in).unwrap().is_empty(), "something is left");
        }
    }

    #[test]
    fn f058_a_tree_that_is_sent_late_takes_only_what_it_shows(
        early in turns(),
        late in turns(),
    ) {
        // What a limit drops depends on when it is told.
        let without_limits = |turns: Vec<Vec<Action>>| {
            turns.concat().into_iter().filter(|action| !matches!(action, Action::Limit(_))).collect::<Vec<_>>()
        };
        let (early, late) = (without_limits(early), without_limits(late));
        let (mut one, mut two, mut both) = (Held::new(7), Held::new(7), stream());
        let (mut at_once, mut in_two) = (Replica::new(), Replica::new());
        early.iter().for_each(|action| act(&mut both, action));
        let tree = page(&both);
        late.iter().for_each(|action| act(&mut both, action));
        merge(&mut in_two, &two.diff(&tree, &mut stand_in).unwrap().to_string());
        merge(&mut in_two, &two.diff(&page(&both), &mut stand_in).unwrap().to_string());
        let mut again = stream();
        early.iter().chain(&late).for_each(|action| act(&mut again, action));
        merge(&mut at_once, &one.diff(&page(&again), &mut stand_in).unwrap().to_string());
        prop_assert_eq!(sorted(&in_two), sorted(&at_once));
    }
}

/// The items in some order that is the same for the same items.
fn sorted(replica: &Replica) -> Vec<String> {
    let html = replica.html().unwrap();
    let mut items: Vec<String> = html.split("<li").map(str::to_owned).collect();
    items.iter_mut().for_each(|item| *item = item.replace("</ul>", ""));
    items.sort();
    items
}
