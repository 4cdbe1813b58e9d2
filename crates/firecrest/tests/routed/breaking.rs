//! Nodes that vanish, and messages between nodes that are lost.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::broker::{Broker, through};
use crate::longpoll::client::{Client, NDJSON, ok, settle};

const TIMEOUT: Duration = Duration::from_secs(2);
const WINDOW: Duration = Duration::from_secs(10);
const HEARTBEAT: &str = r#"[null,"1","phoenix","heartbeat",{}]"#;

fn news(n: usize) -> Value {
    json!([null, null, "room:a", "news", { "n": n }])
}

async fn post(client: &Client) -> Value {
    client.post(Some(NDJSON), HEARTBEAT).await.json()
}

/// A POST and a poll without a session: 410, and for the poll a session of its own (spec §4.2).
async fn expect_gone_after(client: &Client, wait: Duration) {
    let started = Instant::now();
    assert_eq!(post(client).await, json!({ "status": 410 }));
    assert_eq!(started.elapsed(), wait);
    let poll = client.poll().await;
    assert_eq!((&poll["status"], &poll["messages"]), (&json!(410), &json!([])));
    assert!(poll["token"].as_str().is_some_and(|token| token != client.token), "{poll}");
    assert_eq!(started.elapsed(), 2 * wait);
    let anew = Client { token: poll["token"].as_str().unwrap().into(), ..client.clone() };
    anew.join("1", "room:anew").await;
}

#[tokio::test(start_paused = true)]
async fn s4_8_a_node_that_does_not_answer_has_no_session() {
    let broker = Broker::new();
    let home = broker.app("home");
    let client = home.open().await;
    for (name, timeout) in [("away", TIMEOUT), ("hasty", Duration::from_millis(300))] {
        let other = broker.mounted(name, |mount| mount.pubsub_timeout(timeout));
        let client = through(&client, &other);
        assert_eq!(client.poll().await["status"], 204);
        broker.cluster.cut("home");
        expect_gone_after(&client, timeout).await;
        broker.cluster.heal("home");
    }
    home.endpoint.pubsub().close().await;
    expect_gone_after(&through(&client, &broker.app("third")), TIMEOUT).await;
}

/// The name is not enough: what the session's node knew is gone.
#[tokio::test(start_paused = true)]
async fn a_node_that_has_begun_anew_has_no_session_and_says_so_at_once() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    home.endpoint.pubsub().close().await;
    drop(home);
    let home = broker.app("home");
    expect_gone_after(&client, Duration::ZERO).await;
    expect_gone_after(&through(&client, &home), Duration::ZERO).await;
}

/// Whoever hangs when the node is cut off is told in time that there is nothing; what came meanwhile comes later.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_while_a_node_is_cut_off() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    let (poll, started) = (client.hang().await, Instant::now());
    broker.cluster.cut("home");
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    assert_eq!(poll.await.unwrap(), json!({ "status": 204, "token": client.token, "messages": [] }));
    assert_eq!(started.elapsed(), WINDOW / 4 + TIMEOUT);
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 2 })).unwrap();
    broker.cluster.heal("home");
    client.expect([news(1)]).await;
    client.expect([news(2)]).await;
    client.say(json!(["1", "2", "room:a", "ack", {}])).await;
    client.expect([ok(json!("1"), json!("2"), "room:a", json!({}))]).await;
}

/// A poll is repeated while its node may still answer; a push is not, since it must not count twice.
#[tokio::test(start_paused = true)]
async fn a_short_break_is_survived_by_polls() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let client = through(&home.open().await, &away);
    client.join("1", "room:a").await;
    broker.cluster.cut("home");
    let (poll, started) = (client.hang().await, Instant::now());
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    for _ in 0..12 {
        advance(Duration::from_millis(100)).await;
        settle().await;
    }
    broker.cluster.heal("home");
    assert_eq!(client.messages(&poll.await.unwrap()), [news(1)]);
    assert_eq!(started.elapsed(), Duration::from_millis(1_500));
}

/// Of all messages between the nodes, the one with this number is lost, and all after it for some time.
async fn losing(lost: usize, count: usize) -> (Vec<Value>, Vec<Value>) {
    let said = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&said);
    let range = lost..lost + count;
    let broker = Broker::that(8 << 20, move || !range.contains(&counted.fetch_add(1, Ordering::Relaxed)));
    let (home, away) = (broker.app("home"), broker.app("away"));
    let at_home = home.open().await;
    at_home.join("1", "room:a").await;
    let at_away = through(&at_home, &away);
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 0 })).unwrap();
    let first = at_away.poll().await;
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    (vec![first], vec![at_home.poll().await, at_home.poll().await])
}

/// Poll, offer, take and its confirmation: whichever is lost, once or again and again.
#[tokio::test(start_paused = true)]
async fn whatever_message_between_nodes_is_lost_a_client_hears_everything_or_that_its_session_is_over() {
    for lost in 0..4 {
        for count in [1, 2, 3, 100] {
            let (first, rest) = losing(lost, count).await;
            let numbers = |answers: &[Value]| -> Vec<u64> {
                let texts = answers.iter().flat_map(|answer| answer["messages"].as_array().unwrap());
                texts
                    .map(|text| {
                        let message: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
                        message[4]["n"].as_u64().unwrap()
                    })
                    .collect()
            };
            let heard = [numbers(&first), numbers(&rest)].concat();
            let is_over = first[0]["status"] == 410;
            assert!(heard == [0, 1] || is_over, "{lost} {count}: {first:?} {rest:?}");
            if count == 1 {
                assert_eq!(
                    (&first[0]["status"], numbers(&first)),
                    (&json!(200), vec![0]),
                    "{lost}: repeated"
                );
            }
        }
    }
}

/// What a client of a session does next, at one of three nodes.
#[derive(Clone, Debug)]
enum Step {
    Poll(usize),
    /// A poll that is given up after so many turns of everybody.
    HangUp(usize, usize),
    Say(usize),
    News,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0usize..3).prop_map(Step::Poll),
        (0usize..3, 0usize..40).prop_map(|(at, turns)| Step::HangUp(at, turns)),
        (0usize..3).prop_map(Step::Say),
        Just(Step::News),
    ]
}

/// Plays the steps while so many of a hundred messages are lost. What was on its way to a client that hangs up may be missed.
async fn play(steps: Vec<Step>, losses: Vec<u8>, percent: u8) -> Result<(), TestCaseError> {
    let at = Arc::new(Mutex::new(losses.into_iter().cycle()));
    let broker = Broker::that(8 << 20, move || at.lock().unwrap().next().is_none_or(|fate| fate >= percent));
    let apps = ["home", "one", "two"].map(|name| broker.app(name));
    let client = apps[0].open().await;
    client.join("1", "room:a").await;
    let clients = apps.each_ref().map(|app| through(&client, app));
    // What was sent, how much of that was heard, and whether the client has hung up since.
    let (mut sent, mut heard, mut may_miss) = (Vec::new(), 0, false);
    for (n, step) in steps.into_iter().enumerate() {
        let answer = match step {
            Step::News => {
                apps[0].endpoint.local_broadcast("room:a", "news", &json!({ "n": n })).unwrap();
                sent.push(n);
                continue;
            }
            Step::Say(at) => {
                let frame = json!(["1", n.to_string(), "room:a", "push", { "n": n }]);
                if clients[at].send(frame).await != 200 {
                    break;
                }
                // Until it has come to the channel and back.
                settle().await;
                sent.push(n);
                continue;
            }
            Step::HangUp(at, turns) => {
                let poll = clients[at].clone();
                let poll = tokio::spawn(async move { poll.poll().await });
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                poll.abort();
                let Ok(answer) = poll.await else {
                    // It may have been about to answer.
                    may_miss = true;
                    continue;
                };
                answer
            }
            Step::Poll(at) => clients[at].poll().await,
        };
        if answer["status"] == 410 {
            break;
        }
        let messages = client.messages(&answer);
        let numbers: Vec<_> =
            messages.iter().map(|message| message[4]["n"].as_u64().unwrap() as usize).collect();
        if let Some(first) = numbers.first()
            && std::mem::take(&mut may_miss)
        {
            let missed = sent[heard..].iter().position(|n| n == first);
            prop_assert!(missed.is_some(), "{first} is not among {:?}", &sent[heard..]);
            heard += missed.unwrap_or_default();
        }
        prop_assert!(sent[heard..].starts_with(&numbers), "{numbers:?} of {:?}", &sent[heard..]);
        heard += numbers.len();
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Nothing twice, nothing missing and nothing out of order until the client is told to begin anew.
    #[test]
    fn c158_losses_between_nodes_show_only_as_the_end_of_the_session(
        steps in proptest::collection::vec(step(), 1..40),
        losses in proptest::collection::vec(0u8..100, 50..200),
        percent in prop_oneof![Just(0u8), 1u8..40],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(play(steps, losses, percent))?;
    }
}

/// A node that goes takes nobody's session with it but its own.
#[tokio::test(start_paused = true)]
async fn a_drain_sends_polls_of_other_nodes_sessions_home() {
    let broker = Broker::new();
    let (home, away) = (broker.app("home"), broker.app("away"));
    let at_home = home.open().await;
    at_home.join("1", "room:a").await;
    let at_away = through(&at_home, &away);
    let (poll, started) = (at_away.hang().await, Instant::now());
    away.endpoint.drain().await;
    assert_eq!(poll.await.unwrap(), json!({ "status": 204, "token": at_home.token, "messages": [] }));
    assert_eq!(started.elapsed(), Duration::ZERO);
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    at_home.expect([news(1)]).await;
}

/// The cluster coming back does not matter to who is not on it.
#[tokio::test(start_paused = true)]
async fn a_node_that_is_cut_off_serves_its_own_sessions() {
    let broker = Broker::new();
    let home = broker.app("home");
    let client = home.open().await;
    broker.cluster.cut("home");
    client.join("1", "room:a").await;
    let poll = client.hang().await;
    home.endpoint.local_broadcast("room:a", "news", &json!({ "n": 1 })).unwrap();
    settle().await;
    assert_eq!(client.messages(&poll.await.unwrap()), [news(1)]);
}
