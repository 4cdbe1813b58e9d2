//! Questions and their answers: echoes, clicks, and heartbeats.

use std::collections::HashMap;

use firecrest_wire::Payload as Content;
use firecrest_wire::client::Heard;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::awaited::{Answer, Awaited};
use crate::net::{World, excerpt};
use crate::payload::{self, Payload};
use crate::template::Templates;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// A push of this event (JSON, quotes included), answered with its own payload.
    Echo { event: String, payload: Payload },
    /// An event of a live view with this payload (JSON), answered with a diff.
    Click(String),
    /// The heartbeat of the protocol (spec §3.10).
    Heartbeat,
}

/// The questions of a run, each with a number of its own, and what became of them.
#[derive(Debug)]
pub(super) struct Exchange {
    question: Question,
    awaited: Vec<Awaited>,
    templates: Templates,
    /// How many were asked.
    asked: u64,
    /// How many were not answered.
    open: usize,
    /// When one was last asked or answered, in nanoseconds of the run's clock.
    progress_at: u64,
    /// What is sent; kept for its memory.
    message: Vec<u8>,
}

impl Exchange {
    /// Nothing asked yet.
    pub(super) fn new(world: &World, question: Question) -> Exchange {
        Exchange {
            question,
            awaited: std::iter::repeat_with(Awaited::default).take(world.len()).collect(),
            templates: Templates::new(world.topics.len()),
            asked: 0,
            open: 0,
            progress_at: 0,
            message: Vec::new(),
        }
    }

    /// Asks on a connection that is joined; `at` is where its time begins to count.
    pub(super) fn ask(&mut self, world: &mut World, connection: usize, at: u64) {
        let sequence = self.asked;
        let topic = world.topics.name(world.topics.of(connection));
        match &self.question {
            Question::Echo { event, payload } => {
                payload.write(&mut self.message, &payload::digits(sequence), (topic, event), sequence);
            }
            Question::Click(click) => {
                let about = (topic, "\"event\"");
                payload::push(&mut self.message, &payload::digits(sequence), about, &[click.as_bytes()]);
            }
            Question::Heartbeat => payload::heartbeat(&mut self.message, sequence),
        }
        self.asked += 1;
        self.open += 1;
        self.progress_at = at.max(self.progress_at);
        self.awaited[connection].ask(sequence, at);
        world.send(connection, &self.message);
    }

    /// Recognises an answer without decoding it.
    pub(super) fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        let Some(sequence) = self.templates.sequence(self.kind(world, connection), text) else {
            return false;
        };
        self.settle(world, connection, sequence, now);
        true
    }

    /// Whether a message is an answer, right or wrong.
    pub(super) fn heard(
        &mut self,
        world: &mut World,
        connection: usize,
        heard: &Heard,
        text: &[u8],
        now: u64,
    ) -> bool {
        let reference = heard.reference.as_text();
        let Some(sequence) = payload::parse(reference.as_bytes()).filter(|_| heard.event == "phx_reply")
        else {
            return false;
        };
        match self.question.complaint(heard, sequence) {
            None => self.learn(world, connection, text, sequence),
            Some(what) => {
                let excerpt = excerpt(heard);
                world.tally.error(|| format!("connection {connection}: a reply is {what}: {excerpt}"));
            }
        }
        self.settle(world, connection, sequence, now);
        true
    }

    /// Gives up on what a connection was asked; `lost` says whether an answer should have come.
    pub(super) fn give_up(&mut self, world: &mut World, connection: usize, lost: bool) {
        let open = self.awaited[connection].give_up();
        self.open -= open;
        world.tally.lost += if lost { open as u64 } else { 0 };
    }

    /// Gives up on all connections, when it is over: what is open then is lost.
    pub(super) fn finish(&mut self, world: &mut World) {
        (0..world.len()).for_each(|connection| self.give_up(world, connection, true));
    }

    /// How many were not answered.
    pub(super) fn open(&self) -> usize {
        self.open
    }

    /// How many of a connection were not answered.
    pub(super) fn open_on(&self, connection: usize) -> usize {
        self.awaited[connection].len()
    }

    /// When one was last asked or answered, in nanoseconds of the run's clock.
    pub(super) fn progress_at(&self) -> u64 {
        self.progress_at
    }

    /// Learns to recognise answers. No diff is like another.
    fn learn(&mut self, world: &World, connection: usize, text: &[u8], sequence: u64) {
        if !matches!(self.question, Question::Click(_)) {
            self.templates.learn(self.kind(world, connection), text, sequence);
        }
    }

    /// Which template: echoes differ by topic, heartbeats are all alike.
    fn kind(&self, world: &World, connection: usize) -> usize {
        match self.question {
            Question::Echo { .. } | Question::Click(_) => world.topics.of(connection),
            Question::Heartbeat => 0,
        }
    }

    fn settle(&mut self, world: &mut World, connection: usize, sequence: u64, now: u64) {
        self.progress_at = now;
        let tally = &mut world.tally;
        match self.awaited[connection].answer(sequence, self.asked) {
            Answer::Duplicate => tally.duplicated += 1,
            Answer::InOrder(at) => {
                self.open -= 1;
                tally.unit(now.saturating_sub(at));
            }
            Answer::OutOfOrder(at) => {
                self.open -= 1;
                tally.unit(now.saturating_sub(at));
                tally.late("a reply", connection);
            }
            Answer::Unknown => {
                tally.error(|| format!("connection {connection}: a reply to nothing that was asked"));
            }
        }
    }
}

impl Question {
    /// What an answer is, if it is not right.
    fn complaint(&self, heard: &Heard, sequence: u64) -> Option<&'static str> {
        let ok = heard.status.as_ref().is_some_and(|status| status == "ok");
        match (self, &heard.payload) {
            _ if !ok => Some("not ok"),
            (Question::Heartbeat, _) => None,
            (Question::Echo { payload, .. }, Content::Json(json)) if payload.is(json, sequence) => None,
            (Question::Echo { .. }, _) => Some("not what was sent"),
            (Question::Click(_), Content::Json(json)) if has_diff(json) => None,
            (Question::Click(_), _) => Some("without a diff"),
        }
    }
}

/// The answer to an event of a live view (spec §5.1).
#[derive(Deserialize)]
struct Changes {
    #[serde(default)]
    diff: HashMap<String, IgnoredAny>,
}

/// Whether the answer to a click says that something has changed.
fn has_diff(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|changes: Changes| !changes.diff.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec §5.1.
    #[test]
    fn a_click_is_answered_with_what_has_changed() {
        for answer in [r#"{"diff":{"0":"1"}}"#, r#"{ "more": 1, "diff": {"1": {"0": "x"}, "e": []} }"#] {
            assert!(has_diff(answer), "{answer}");
        }
        for answer in ["{}", r#"{"diff":{}}"#, r#"{"diff":null}"#, r#"{"redirect":{"to":"/"}}"#, "[]"] {
            assert!(!has_diff(answer), "{answer}");
        }
    }
}
