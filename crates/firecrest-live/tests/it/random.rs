//! Any sequence of pages, through what is held and what the client makes of it.

use firecrest_live::{Child, Held, Html, Members, Replica};
use proptest::prelude::*;
use serde_json::Value;

use crate::pages::{Node, sequences};

fn stand_in(child: &Child) -> String {
    format!("<div id=\"{}\"></div>", child.id)
}

/// What a browser shows of it.
fn shown(html: &Html) -> String {
    let mut out = String::new();
    html.write_to(&mut out, &mut |child, out| out.push_str(&stand_in(child)));
    out
}

fn diff(held: &mut Held, html: &Html) -> Members {
    held.diff(html, &mut stand_in).unwrap()
}

fn merge(replica: &mut Replica, members: &Members) {
    let message: Value = serde_json::from_str(&members.to_string()).unwrap();
    replica.merge(&message).unwrap_or_else(|error| panic!("{error}: {message}"));
}

/// Shows every page but the last, and calls `last` with the last but one shown.
fn play(pages: &[Node]) -> (Held, Replica) {
    let (mut held, mut replica) = (Held::new(7), Replica::new());
    let (first, rest) = pages.split_first().unwrap();
    merge(&mut replica, &held.full(&first.html(), &mut stand_in).unwrap());
    assert_eq!(replica.html().unwrap(), shown(&first.html()));
    for page in rest {
        merge(&mut replica, &diff(&mut held, &page.html()));
        assert_eq!(replica.html().unwrap(), shown(&page.html()));
    }
    (held, replica)
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn f007_f008_f009_f010_the_client_shows_every_page_after_its_diff(pages in sequences()) {
        play(&pages);
    }

    #[test]
    fn a_page_that_stays_the_same_sends_nothing(pages in sequences()) {
        let (mut held, _) = play(&pages);
        let last = pages[pages.len() - 1].html();
        let memory = held.memory();
        prop_assert_eq!(diff(&mut held, &last), Members::default());
        prop_assert_eq!(held.memory(), memory);
    }

    #[test]
    fn who_comes_late_is_shown_the_same_as_all_others(pages in sequences()) {
        let (mut held, mut clients) = (Held::shared(7), Vec::new());
        for page in &pages {
            let message = diff(&mut held, &page.html());
            clients.iter_mut().for_each(|client| merge(client, &message));
            let mut late = Replica::new();
            merge(&mut late, &Held::shared(7).full(&page.html(), &mut stand_in).unwrap());
            clients.push(late);
            for client in &clients {
                prop_assert_eq!(client.html().unwrap(), shown(&page.html()));
            }
        }
    }

    #[test]
    fn what_many_hold_depends_on_the_last_page_only(pages in sequences()) {
        let (mut held, mut fresh) = (Held::shared(7), Held::shared(7));
        pages.iter().for_each(|page| drop(diff(&mut held, &page.html())));
        fresh.full(&pages[pages.len() - 1].html(), &mut stand_in).unwrap();
        prop_assert_eq!(format!("{held:?}"), format!("{fresh:?}"));
    }

    #[test]
    fn what_is_held_after_diffs_is_what_is_held_after_the_whole_page(pages in sequences()) {
        let last = &pages[pages.len() - 1];
        // Only loops that have become empty are known from before.
        prop_assume!(!last.has_an_empty_loop());
        let (held, _) = play(&pages);
        let mut fresh = Held::new(7);
        fresh.full(&last.html(), &mut stand_in).unwrap();
        prop_assert_eq!(format!("{held:?}"), format!("{fresh:?}"));
    }
}
