//! Clients that come, go and ask at any moment end up with what is listed (I14).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use firecrest::prelude::*;
use firecrest::presence::{Fetch, Members, PresenceOptions, Tracked};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Map;
use tokio::time::sleep;

use crate::client::{Client, exact};
use crate::room::{User, ms, nodes, options};

const ROOM: &str = "room:1";

#[derive(Clone, Debug)]
enum Step {
    Track(usize, u8),
    Update(usize, u8),
    Untrack(usize),
    /// A client joins, for the first time or again.
    Join(usize),
    /// A client asks for the state once more.
    Ask(usize),
    Lose(usize),
    Pass(u64),
    Cut,
    Heal,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..2, 0_u8..6).prop_map(|(node, key)| Step::Track(node, key)),
        3 => (0_usize..12, any::<u8>()).prop_map(|(row, n)| Step::Update(row, n)),
        3 => (0_usize..12).prop_map(Step::Untrack),
        3 => (0_usize..3).prop_map(Step::Join),
        1 => (0_usize..3).prop_map(Step::Ask),
        1 => (0_usize..3).prop_map(Step::Lose),
        4 => prop_oneof![Just(1), Just(20), Just(150), Just(700)].prop_map(Step::Pass),
        1 => Just(Step::Pass(40_000)),
        1 => Just(Step::Cut),
        1 => Just(Step::Heal),
    ]
}

/// Takes a different time for each call.
#[derive(Default)]
struct Slow(AtomicU64);

impl Fetch for Slow {
    async fn fetch(&self, _topic: Arc<str>, keys: Vec<Arc<str>>) -> Members {
        let call = self.0.fetch_add(1, Ordering::Relaxed);
        sleep(ms(call * 7_919 % 900)).await;
        keys.into_iter().map(|key| (key, Map::new())).collect()
    }
}

async fn play(steps: Vec<Step>, options: fn() -> PresenceOptions) {
    let (cluster, nodes) = nodes([options(), options()]);
    let mut rows: Vec<Tracked> = Vec::new();
    let mut clients: [Option<Client>; 3] = [None, None, None];
    for step in steps {
        match step {
            Step::Track(node, key) => {
                rows.push(nodes[node].presence().track(ROOM, key, &json!({ "n": 0 })).unwrap());
            }
            Step::Update(row, n) => {
                if let Some(row) = rows.get(row) {
                    row.update(&json!({ "n": n })).unwrap();
                }
            }
            Step::Untrack(row) if row < rows.len() => drop(rows.swap_remove(row)),
            Step::Untrack(_) => {}
            Step::Join(place) => {
                if clients[place].is_none() {
                    clients[place] = Some(Client::connect::<User>(&nodes[0]).await);
                }
                let client = clients[place].as_mut().unwrap();
                // The official client keeps the diffs of a join that has had no state, and puts them on that of the next.
                if !client.is_waiting(ROOM) {
                    client.say(ROOM, "phx_join", json!({ "state": true })).await;
                }
            }
            Step::Ask(place) => {
                if let Some(client) = clients[place].as_mut().filter(|client| client.has_joined(ROOM)) {
                    client.say(ROOM, "state", json!({})).await;
                }
            }
            Step::Lose(place) => clients[place] = None,
            Step::Pass(millis) => {
                sleep(ms(millis)).await;
                for client in clients.iter_mut().flatten() {
                    client.settle().await;
                }
            }
            Step::Cut => cluster.cut("b"),
            Step::Heal => cluster.heal("b"),
        }
    }
    cluster.heal("b");
    sleep(Duration::from_secs(60)).await;
    let listing = exact(nodes[0].presence().list(ROOM).await);
    assert_eq!(listing, exact(nodes[1].presence().list(ROOM).await));
    assert_eq!(nodes[0].presence().count(ROOM).connections, rows.len() as u64);
    for client in clients.iter_mut().flatten() {
        client.settle().await;
        assert!(client.room(ROOM).is_synced() && !client.closed);
        assert_eq!(exact(&client.room(ROOM).state), listing);
    }
}

fn run(steps: Vec<Step>, options: fn() -> PresenceOptions) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(play(steps, options));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn i14_whoever_joins_whenever_ends_with_what_is_listed(steps in vec(step(), 1..80)) {
        run(steps, options);
    }

    #[test]
    fn i14_however_long_fetches_take(steps in vec(step(), 1..80)) {
        run(steps, || options().fetch("room:*", Slow::default()));
    }

    #[test]
    fn i14_when_states_come_in_parts_and_changes_are_too_many(steps in vec(step(), 1..80)) {
        run(steps, || options().state_keys(1).diff_rows(3));
    }

    #[test]
    fn i14_in_parts_that_are_fetched(steps in vec(step(), 1..80)) {
        run(steps, || options().state_keys(2).diff_rows(4).fetch("room:*", Slow::default()));
    }
}
