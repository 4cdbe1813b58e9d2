//! What another node is asked for: what it has kept.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::message::Talk;
use crate::hub::core::Core;
use crate::hub::parcel::Carried;

/// Most bytes of names in one message that asks.
const MAX_ASKED: usize = 48 * 1024;

/// After which time without an answer it is asked again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Topics, each with how many messages are wanted. No more than a hub has topics.
pub(super) type Topics = BTreeMap<Arc<str>, usize>;

/// The number of a question, and what it asks for.
pub(super) type Question = (u64, Topics);

/// What one node is to be asked, and has been asked.
#[derive(Default)]
pub(super) struct Asks {
    open: Topics,
    /// What it has not answered yet, and when it was asked that.
    asked: VecDeque<(Question, Instant)>,
    /// When it has answered something last.
    heard: Option<Instant>,
}

impl Asks {
    pub(super) fn add(&mut self, topic: &Arc<str>, count: usize) {
        let known = self.open.entry(Arc::clone(topic)).or_default();
        *known = count.max(*known);
    }

    pub(super) fn has_more(&self) -> bool {
        !self.open.is_empty()
    }

    /// It has said something of what it was asked for.
    pub(super) fn answering(&mut self) {
        self.heard = Some(Instant::now());
    }

    /// It has said all of it. What it was asked before has not reached it: it answers in turn.
    pub(super) fn answered(&mut self, question: u64) {
        self.answering();
        while let Some((asked, _)) = self.asked.pop_front_if(|((number, _), _)| *number <= question) {
            if asked.0 != question {
                self.add_all(&asked.1);
            }
        }
    }

    /// Asks again for what it does not answer.
    pub(super) fn lose_patience(&mut self) {
        if self.heard.is_some_and(|heard| heard.elapsed() < PATIENCE) {
            return;
        }
        while let Some((asked, _)) = self.asked.pop_front_if(|(_, at)| at.elapsed() >= PATIENCE) {
            self.add_all(&asked.1);
        }
    }

    fn add_all(&mut self, topics: &Topics) {
        topics.iter().for_each(|(topic, count)| self.add(topic, *count));
    }

    /// What is asked now, in questions of a bounded size; `last` is the number of the last question.
    pub(super) fn take(&mut self, last: &mut u64) -> Vec<Question> {
        let mut questions = Vec::new();
        while self.has_more() {
            let (mut topics, mut bytes) = (Topics::new(), 0);
            while bytes < MAX_ASKED
                && let Some((topic, count)) = self.open.pop_first()
            {
                bytes += topic.len() + 32;
                topics.insert(topic, count);
            }
            *last += 1;
            self.asked.push_back(((*last, topics.clone()), Instant::now()));
            questions.push((*last, topics));
        }
        questions
    }
}

/// A question as it is asked, by the node whose table is the one of this number.
pub(super) fn ask(core: &Core, own: &str, table: u64, (question, topics): Question) -> Talk {
    let asked = topics.into_iter().map(|(topic, count)| {
        let known = core.known(&topic, false).map(|entry| entry.shelf.newest_for_others(count));
        (topic.to_string(), count, digest(own, &known.unwrap_or_default()))
    });
    Talk::Ask { table, question, topics: asked.collect() }
}

/// A number that is the same on all nodes that have the same messages, and hardly on others.
pub(super) fn digest(own: &str, messages: &[Arc<dyn Carried>]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for message in messages {
        let (order, node) = message.head().age();
        (order, node.map_or(own, |node| node)).hash(&mut hasher);
    }
    hasher.finish()
}
