//! What other nodes are answered when they ask what is kept here: little by little.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::Link;
use super::asks::digest;
use super::message::{Asked, Batch, Talk};
use crate::hub::core::Core;
use crate::hub::parcel::{Carried, json};

/// The pause between two messages that answer, to whichever nodes; and when there is no room for another.
const PACE: Duration = Duration::from_millis(20);
const FULL: Duration = Duration::from_secs(1);

/// When a message that answers is long enough.
const MAX_BATCH: usize = 64 * 1024;

/// How many bytes a message has beside its JSON, at most.
const MAX_HEAD: usize = 4 + 2 * 8 + 3 * 256;

/// How many topics are looked at for one message that answers.
const MAX_LOOKED: usize = 100;

/// Most bytes of a topic that are told, the newest first: 256 KiB. What has no room is missing at whoever has asked.
const MAX_TOPIC: usize = 256 * 1024;

/// Most topics that a node may ask for at a time; further questions are left, and asked again.
const MAX_TOPICS: usize = 20_000;

/// The nodes that are owed answers, each in turn.
#[derive(Default)]
pub(super) struct Answers {
    nodes: VecDeque<Answer>,
    next: Option<Instant>,
}

struct Answer {
    node: Arc<str>,
    questions: VecDeque<(u64, VecDeque<Asked>)>,
    /// What is left of the topic that is told, the newest at the end.
    rest: Vec<Arc<dyn Carried>>,
    /// What had no room when it was sent.
    unsent: Option<Vec<u8>>,
}

impl Answers {
    /// A node asks.
    pub(super) fn add(&mut self, node: &Arc<str>, question: u64, topics: Vec<Asked>) {
        let place = self.nodes.iter().position(|answer| answer.node == *node).unwrap_or_else(|| {
            self.nodes.push_back(Answer::new(Arc::clone(node)));
            self.nodes.len() - 1
        });
        let questions = &mut self.nodes[place].questions;
        let waiting: usize = questions.iter().map(|(_, topics)| topics.len() + 1).sum();
        if waiting + topics.len() < MAX_TOPICS {
            questions.push_back((question, topics.into()));
        }
    }

    /// Forgets the nodes that are not there any more.
    pub(super) fn retain(&mut self, is_known: impl Fn(&Arc<str>) -> bool) {
        self.nodes.retain(|answer| is_known(&answer.node));
    }

    /// Sends what is due; says when the next is.
    pub(super) fn turn(&mut self, core: &Core, link: &Link) -> Option<Instant> {
        let now = Instant::now();
        if self.next.is_none_or(|next| now >= next)
            && let Some(mut answer) = self.nodes.pop_front()
        {
            let is_sent = answer.say(core, link);
            self.next = Some(now + if is_sent { PACE } else { FULL });
            if !answer.is_done() {
                self.nodes.push_back(answer);
            }
        }
        self.next.filter(|_| !self.nodes.is_empty())
    }
}

impl Answer {
    fn new(node: Arc<str>) -> Self {
        Answer { node, questions: VecDeque::new(), rest: Vec::new(), unsent: None }
    }

    fn is_done(&self) -> bool {
        self.questions.is_empty() && self.unsent.is_none()
    }

    /// Sends one message of what is kept, and what belongs to it. Returns whether there was room for it.
    fn say(&mut self, core: &Core, link: &Link) -> bool {
        if let Some(bytes) = self.unsent.take() {
            return self.send(link, bytes);
        }
        let (mut batch, mut talks) = (Batch::new(), Vec::new());
        let most = link.max_message().min(MAX_BATCH);
        for _ in 0..MAX_LOOKED {
            if !self.fill(link, &mut batch, most) {
                break;
            }
            if !self.look(core, link, &mut talks) {
                break;
            }
        }
        let is_sent = batch.into_bytes().is_none_or(|bytes| self.send(link, bytes));
        // What does not arrive is asked for again.
        for talk in talks {
            link.send_to(&self.node, &talk.encode());
        }
        is_sent
    }

    fn send(&mut self, link: &Link, bytes: Vec<u8>) -> bool {
        let is_sent = link.send_to(&self.node, &bytes);
        if !is_sent {
            self.unsent = Some(bytes);
        }
        is_sent
    }

    /// Adds what is left of the topic. Returns whether there is room for more.
    fn fill(&mut self, link: &Link, batch: &mut Batch, most: usize) -> bool {
        while let Some(message) = self.rest.pop() {
            let Ok(json) = json(&*message) else { continue };
            let head = message.head();
            if batch.len() > 1 && batch.len() + json.len() + MAX_HEAD > most {
                self.rest.push(message);
                return false;
            }
            batch.add(link.own.name(), head, json);
        }
        true
    }

    /// Goes on to the next topic. Returns whether there is one.
    fn look(&mut self, core: &Core, link: &Link, talks: &mut Vec<Talk>) -> bool {
        let Some((question, topics)) = self.questions.front_mut() else { return false };
        let Some((topic, count, known)) = topics.pop_front() else {
            talks.push(Talk::Answered { question: *question });
            self.questions.pop_front();
            return true;
        };
        let Some(entry) = core.known(&topic, false) else { return true };
        let kept = entry.shelf.newest_for_others(count);
        if digest(link.own.name(), &kept) != known {
            self.rest = newest(kept);
        }
        if let Some(report) = entry.shelf.polls.shared() {
            talks.push(Talk::polled(&topic, &report));
        }
        true
    }
}

/// The newest of a topic's messages that have room, in their order.
fn newest(mut kept: Vec<Arc<dyn Carried>>) -> Vec<Arc<dyn Carried>> {
    let mut room = MAX_TOPIC;
    let have_room = kept.iter().rev().take_while(|message| {
        let len = json(&***message).map_or(0, Bytes::len);
        let rest = room.checked_sub(len);
        room = rest.unwrap_or_default();
        rest.is_some()
    });
    let count = have_room.count();
    kept.drain(..kept.len() - count);
    kept
}
