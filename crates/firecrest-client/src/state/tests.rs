//! The state against spec §3.16 and §3.18, with time made by hand.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use firecrest_wire::client::{self, Encoded};
use firecrest_wire::{Payload, ProtocolVersion, Text};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::State;
use crate::command::{PushAnswer, Shared, Unsent};
use crate::queue::Queue;
use crate::{Backoff, ClientConfig, CloseInfo, Event, JoinError, PushError, Reply};

const SECOND: Duration = Duration::from_secs(1);

struct Bench {
    state: State,
    now: Instant,
}

impl Bench {
    /// A client that is connected, without jitter.
    fn new(config: impl FnOnce(ClientConfig) -> ClientConfig) -> Self {
        let config = config(ClientConfig::new("ws://h").rejoin(Backoff::rejoin().jitter(0.0)));
        let mut bench = Bench { state: State::new(Arc::new(config)), now: Instant::now() };
        bench.state.opened(bench.now);
        bench
    }

    /// What has been said since the last time.
    fn said(&mut self) -> Vec<Value> {
        let frames = self.state.out.drain(..);
        let read = |frame| match frame {
            Encoded::Text(text) => serde_json::from_str(&text).unwrap(),
            Encoded::Binary(bytes) => json!(bytes),
        };
        frames.map(read).collect()
    }

    fn hear(&mut self, frame: &Value) {
        let heard = client::decode_text(ProtocolVersion::V2, &Text::from(frame.to_string())).unwrap();
        self.state.hear(heard, self.now);
    }

    fn reply(&mut self, reference: &str, status: &str, response: &Value) {
        self.hear(&json!([null, reference, "t", "phx_reply", {"status": status, "response": response}]));
    }

    /// Lets time pass up to the next deadline, which must be that far away.
    fn pass(&mut self, expected: Duration) {
        let deadline = self.state.deadline().expect("a deadline");
        assert_eq!(deadline - self.now, expected);
        self.now = deadline;
        self.state.tick(self.now).expect("the heartbeat is answered");
    }

    fn join(&mut self, channel: &Arc<Shared>) -> oneshot::Receiver<Result<Payload, JoinError>> {
        let (answer, answered) = oneshot::channel();
        self.state.join(Arc::clone(channel), answer, self.now);
        answered
    }

    /// A channel that is joined with the ref 1.
    fn joined(&mut self) -> Arc<Shared> {
        let channel = channel("t");
        let mut answered = self.join(&channel);
        assert_eq!(self.said(), [json!(["1", "1", "t", "phx_join", {"p": 1}])]);
        self.reply("1", "ok", &json!({}));
        answered.try_recv().unwrap().unwrap();
        channel
    }

    fn push(&mut self, channel: &Arc<Shared>) -> oneshot::Receiver<Result<Reply, PushError>> {
        let (answer, answered) = oneshot::channel();
        let push =
            Unsent { event: "e".into(), payload: Payload::empty(), answer: PushAnswer::Replied(answer) };
        self.state.push(channel, push);
        answered
    }

    fn send(&mut self, channel: &Arc<Shared>) -> oneshot::Receiver<Result<(), PushError>> {
        let (answer, answered) = oneshot::channel();
        let push =
            Unsent { event: "s".into(), payload: Payload::empty(), answer: PushAnswer::Accepted(answer) };
        self.state.push(channel, push);
        answered
    }
}

fn channel(topic: &str) -> Arc<Shared> {
    let params = Payload::Json(Text::from(r#"{"p":1}"#));
    let queue = Queue::new(8, 1_000);
    Arc::new(Shared { topic: topic.into(), params, queue, abandoned: AtomicBool::new(false) })
}

/// The next event as text, which must be there already.
fn event(channel: &Shared) -> String {
    let next = std::pin::pin!(channel.queue.next());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match std::future::Future::poll(next, &mut cx) {
        std::task::Poll::Ready(Some(Event::Message { event, .. })) => event.to_string(),
        std::task::Poll::Ready(Some(event)) => format!("{event:?}"),
        std::task::Poll::Ready(None) => "none".into(),
        std::task::Poll::Pending => "pending".into(),
    }
}

/// C248, C249 and spec §3.16: the first an interval after opening, the next an interval after each reply.
#[test]
fn c249_heartbeats_follow_their_replies() {
    let mut bench = Bench::new(|config| config);
    bench.pass(30 * SECOND);
    assert_eq!(bench.said(), [json!([null, "1", "phoenix", "heartbeat", {}])]);
    bench.now += 7 * SECOND;
    bench.reply("1", "ok", &json!({}));
    bench.pass(30 * SECOND);
    assert_eq!(bench.said(), [json!([null, "2", "phoenix", "heartbeat", {}])]);
    bench.reply("1", "ok", &json!({}));
    assert!(bench.state.tick(bench.now + 29 * SECOND).is_ok());
    assert!(bench.state.tick(bench.now + 30 * SECOND).is_err(), "only the reply to the last one counts");
}

/// C256.
#[test]
fn c256_without_a_connection_there_is_no_heartbeat() {
    let mut bench = Bench::new(|config| config);
    bench.state.lost(&CloseInfo::new(1_001, ""));
    assert_eq!(bench.state.deadline(), None);
    bench.state.tick(bench.now + 90 * SECOND).unwrap();
    assert!(bench.said().is_empty());
}

/// C284, C285 and the table of spec §3.16: after a crash with 1, 2, 5, 10, 10 s, from the beginning after a success.
#[test]
fn c284_a_crashed_channel_is_joined_again_with_its_params() {
    let mut bench = Bench::new(|config| config.heartbeat(1_000 * SECOND));
    let channel = bench.joined();
    bench.hear(&json!(["1", "1", "t", "phx_error", {"reason": "channel_crash"}]));
    assert_eq!(event(&channel), r#"Error(Json("{\"reason\":\"channel_crash\"}"))"#);
    bench.hear(&json!(["1", "1", "t", "phx_error", {}]));
    for (reference, delay) in (2..).zip([1, 2, 5, 10, 10]) {
        bench.pass(delay * SECOND);
        let reference = reference.to_string();
        assert_eq!(bench.said(), [json!([reference, reference, "t", "phx_join", {"p": 1}])]);
        bench.reply(&reference, "error", &json!({"reason": "not yet"}));
        assert!(event(&channel).starts_with("RejoinFailed(Rejected("));
    }
    bench.pass(10 * SECOND);
    bench.reply("7", "ok", &json!({"r": 1}));
    assert_eq!(event(&channel), r#"Rejoined(Json("{\"r\":1}"))"#);
    bench.hear(&json!(["7", "7", "t", "phx_error", {}]));
    bench.pass(SECOND);
}

/// C270: a rejoin that is not answered is taken back with a leave, then tried again.
#[test]
fn c270_a_rejoin_that_times_out_is_followed_by_a_leave() {
    let mut bench = Bench::new(|config| config.heartbeat(1_000 * SECOND));
    let channel = bench.joined();
    bench.hear(&json!(["1", "1", "t", "phx_error", {}]));
    bench.pass(SECOND);
    bench.said();
    bench.pass(10 * SECOND);
    assert_eq!(bench.said(), [json!(["2", "3", "t", "phx_leave", {}])]);
    bench.reply("2", "ok", &json!({}));
    bench.pass(2 * SECOND);
    assert_eq!(bench.said(), [json!(["4", "4", "t", "phx_join", {"p": 1}])]);
    assert_eq!([event(&channel), event(&channel)], ["Error(Json(\"{}\"))", "RejoinFailed(Timeout)"]);
    assert_eq!(event(&channel), "pending", "a late ok is ignored");
}

/// Spec §3.18: what is meant for another instance is dropped; null and "" are for everyone.
#[test]
fn messages_of_another_instance_are_dropped() {
    let mut bench = Bench::new(|config| config);
    let channel = bench.joined();
    for (join_ref, event) in
        [("0", "stale"), ("0", "phx_close"), ("0", "phx_error"), ("1", "mine"), ("", "empty")]
    {
        bench.hear(&json!([join_ref, null, "t", event, {}]));
    }
    bench.hear(&json!([null, null, "t", "broadcast", {}]));
    bench.hear(&json!([null, null, "other", "broadcast", {}]));
    let events = [event(&channel), event(&channel), event(&channel), event(&channel)];
    assert_eq!(events, ["mine", "empty", "broadcast", "pending"]);
}

/// C287.
#[test]
fn c287_a_closed_channel_is_not_joined_again() {
    let mut bench = Bench::new(|config| config);
    let channel = bench.joined();
    let mut pushed = bench.push(&channel);
    bench.hear(&json!(["1", "1", "t", "phx_close", {}]));
    assert_eq!([event(&channel), event(&channel)], ["Closed", "none"]);
    assert!(matches!(pushed.try_recv(), Ok(Err(PushError::Interrupted))));
    assert!(matches!(bench.push(&channel).try_recv(), Ok(Err(PushError::NotJoined))));
    bench.said();
    bench.state.lost(&CloseInfo::new(1_001, ""));
    bench.state.opened(bench.now);
    assert!(bench.said().is_empty());
}

/// C255, C278, C294: pushes wait for the rejoin, but not those whose sender gave up.
#[test]
fn c294_pushes_wait_for_the_rejoin() {
    let mut bench = Bench::new(|config| config.max_unsent(3));
    let channel = bench.joined();
    let mut in_flight = bench.push(&channel);
    bench.state.lost(&CloseInfo::new(1_001, "bye"));
    assert!(matches!(in_flight.try_recv(), Ok(Err(PushError::Interrupted))));
    assert_eq!(event(&channel), r#"Disconnected(CloseInfo { code: Some(1001), reason: "bye" })"#);
    drop(bench.push(&channel));
    let mut pushed = bench.push(&channel);
    let mut sent = bench.send(&channel);
    sent.try_recv().unwrap().expect("it will be sent");
    let mut third = bench.push(&channel);
    assert!(third.try_recv().is_err(), "it takes the place of the one given up");
    assert!(matches!(bench.push(&channel).try_recv(), Ok(Err(PushError::Full))));
    drop(third);
    bench.state.opened(bench.now);
    let join = json!(["3", "3", "t", "phx_join", {"p": 1}]);
    assert_eq!(bench.said(), [join], "what was not written on the old connection is not on the new one");
    bench.reply("3", "ok", &json!({}));
    let said = bench.said();
    let expected = [("4", "e"), ("5", "s")];
    assert_eq!(said, expected.map(|(reference, event)| json!(["3", reference, "t", event, {}])));
    bench.reply("4", "custom", &json!(42));
    let reply = pushed.try_recv().unwrap().unwrap();
    assert_eq!((&*reply.status, reply.payload), ("custom", Payload::Json(Text::from("42"))));
}

/// C273, C281, C283 for a first join: one answer, and after a refusal nothing is left of it.
#[test]
fn c281_a_refused_join_is_over() {
    let mut bench = Bench::new(|config| config.heartbeat(1_000 * SECOND));
    let channel = channel("t");
    let mut answered = bench.join(&channel);
    bench.reply("1", "error", &json!({"reason": "no"}));
    assert!(matches!(answered.try_recv(), Ok(Err(JoinError::Rejected(_)))));
    assert_eq!(event(&channel), "none");
    bench.pass(1_000 * SECOND);
    bench.said();
    let mut answered = bench.join(&channel);
    assert_eq!(bench.said(), [json!(["3", "3", "t", "phx_join", {"p": 1}])]);
    bench.pass(10 * SECOND);
    assert!(matches!(answered.try_recv(), Ok(Err(JoinError::Timeout))));
    assert_eq!(bench.said(), [json!(["3", "4", "t", "phx_leave", {}])]);
}

/// C271, C272: a join without a connection is sent with the next one.
#[test]
fn c272_a_join_waits_for_a_connection() {
    let mut bench = Bench::new(|config| config);
    bench.state.lost(&CloseInfo::new(None, ""));
    let channel = channel("t");
    let mut answered = bench.join(&channel);
    assert!(bench.said().is_empty());
    bench.state.opened(bench.now);
    assert_eq!(bench.said(), [json!(["1", "1", "t", "phx_join", {"p": 1}])]);
    bench.reply("1", "ok", &json!({}));
    assert!(matches!(answered.try_recv(), Ok(Ok(_))));
}

#[test]
fn one_channel_per_topic() {
    let mut bench = Bench::new(|config| config);
    let first = bench.joined();
    let second = channel("t");
    assert!(matches!(bench.join(&second).try_recv(), Ok(Err(JoinError::AlreadyJoined))));
    assert!(matches!(bench.push(&second).try_recv(), Ok(Err(PushError::NotJoined))));
    first.abandoned.store(true, std::sync::atomic::Ordering::Relaxed);
    drop(bench.join(&second));
    let expected = [json!(["1", "2", "t", "phx_leave", {}]), json!(["3", "3", "t", "phx_join", {"p": 1}])];
    assert_eq!(bench.said(), expected);
    assert_eq!(event(&first), "Closed");
}

/// A dropped channel whose wish to leave got lost is left with the next heartbeat.
#[test]
fn an_abandoned_channel_is_left_sooner_or_later() {
    let mut bench = Bench::new(|config| config);
    let channel = bench.joined();
    channel.abandoned.store(true, std::sync::atomic::Ordering::Relaxed);
    bench.pass(30 * SECOND);
    let expected = [json!([null, "2", "phoenix", "heartbeat", {}]), json!(["1", "3", "t", "phx_leave", {}])];
    assert_eq!(bench.said(), expected);
}

/// C298, C299.
#[test]
fn c298_a_leave_has_the_join_ref_and_waits_for_its_reply() {
    let mut bench = Bench::new(|config| config);
    let channel = bench.joined();
    let (answer, mut answered) = oneshot::channel();
    bench.state.leave(&channel, Some(answer));
    assert_eq!(bench.said(), [json!(["1", "2", "t", "phx_leave", {}])]);
    assert_eq!([event(&channel), event(&channel)], ["Closed", "none"]);
    assert!(answered.try_recv().is_err());
    bench.reply("2", "ok", &json!({}));
    answered.try_recv().unwrap().unwrap();
    let (answer, mut answered) = oneshot::channel();
    bench.state.leave(&channel, Some(answer));
    assert!(matches!(answered.try_recv(), Ok(Err(PushError::NotJoined))));
}

#[test]
fn unanswered_pushes_are_bounded_and_those_given_up_forgotten() {
    let mut bench = Bench::new(|config| config.max_unanswered(2));
    let channel = bench.joined();
    let (_first, second) = (bench.push(&channel), bench.push(&channel));
    assert!(matches!(bench.push(&channel).try_recv(), Ok(Err(PushError::Full))));
    drop(second);
    let mut third = bench.push(&channel);
    assert!(third.try_recv().is_err());
    bench.reply("4", "ok", &json!({}));
    assert!(third.try_recv().unwrap().unwrap().is_ok());
    assert_eq!(bench.said().len(), 3, "what does not fit is not sent");
}

#[test]
fn a_name_too_long_for_a_binary_frame_fails_its_push_only() {
    let mut bench = Bench::new(|config| config);
    let channel = bench.joined();
    let (answer, mut answered) = oneshot::channel();
    let payload = Payload::Binary(bytes::Bytes::from_static(&[1]));
    let push = Unsent { event: "e".repeat(256), payload, answer: PushAnswer::Replied(answer) };
    bench.state.push(&channel, push);
    assert!(matches!(answered.try_recv(), Ok(Err(PushError::Encode(_)))));
    assert!(bench.said().is_empty());
}

#[test]
fn the_end_is_told_to_everybody() {
    let mut bench = Bench::new(|config| config);
    let joined = bench.joined();
    let mut pushed = bench.push(&joined);
    let mut joining = bench.join(&channel("u"));
    bench.state.ended();
    assert!(matches!(pushed.try_recv(), Ok(Err(PushError::Disconnected))));
    assert!(matches!(joining.try_recv(), Ok(Err(JoinError::Disconnected))));
    assert_eq!([event(&joined), event(&joined)], ["Closed", "none"]);
}
