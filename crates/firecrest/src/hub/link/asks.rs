//! What other nodes have kept, asked for and answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Link;
use super::message::{self, Talk};
use crate::hub::core::Core;
use crate::hub::parcel::json;

/// Most bytes of names in one message that asks.
const MAX_ASKED: usize = 48 * 1024;

/// Most bytes of messages that one message is answered with, and of one topic: 4 MiB and 256 KiB, the newest first. What has no room
/// is missing at whoever has asked.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
const MAX_TOPIC: usize = 256 * 1024;

/// Topics that are to be asked for, each with how many messages. No more than a hub has topics.
#[derive(Default)]
pub(super) struct Asks(Mutex<BTreeMap<Arc<str>, usize>>);

impl Asks {
    pub(super) fn add(&self, topic: Arc<str>, count: usize) {
        let mut asks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asks.entry(topic).or_default();
        *known = count.max(*known);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// What is to be asked, in messages of a bounded size.
    pub(super) fn take(&self) -> Vec<Talk> {
        let asks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut talks, mut topics, mut bytes) = (Vec::new(), Vec::new(), 0);
        for (topic, count) in asks {
            bytes += topic.len() + 16;
            topics.push((String::from(&*topic), count));
            if bytes >= MAX_ASKED {
                talks.push(Talk::Ask { topics: std::mem::take(&mut topics) });
                bytes = 0;
            }
        }
        if !topics.is_empty() {
            talks.push(Talk::Ask { topics });
        }
        talks
    }
}

impl Link {
    /// Tells a node what is kept here of the topics that it asks for.
    pub(super) fn answer(&self, core: &Core, node: &str, topics: &[(String, usize)]) {
        let mut room = MAX_ANSWER;
        for (topic, count) in topics {
            let Some(entry) = core.known(topic, false) else { continue };
            let mut left = room.min(MAX_TOPIC);
            let all = left;
            for kept in entry.shelf.newest(*count).iter().rev() {
                let Ok(json) = json(&**kept) else { continue };
                let Some(rest) = left.checked_sub(json.len()) else { break };
                left = rest;
                if let Some(bytes) = message::kept(self.own.name(), kept.head(), json) {
                    self.send_to(node, &bytes);
                }
            }
            room -= all - left;
        }
    }
}
