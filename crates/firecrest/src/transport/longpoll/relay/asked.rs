//! What this node has asked others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firecrest_pubsub::cluster::Node;
use tokio::sync::mpsc;

use super::message::Answer;
use crate::telemetry::meter::{Limit, reached};

/// Most requests that wait for another node: 100,000, as many as a node has sessions. Beyond it they are answered with HTTP 503.
/// Worst-case memory: about 2 KiB each, and what they are told.
const MAX_ASKED: usize = 100_000;

/// Most answers to one question that nobody has looked at; what is said beyond is not heard.
const MAX_ANSWERS: usize = 8;

/// Questions that have not been answered yet.
#[derive(Default)]
pub(super) struct Asked {
    last: AtomicU64,
    waiting: Mutex<HashMap<u64, Waiter>>,
}

struct Waiter {
    /// Who was asked: nobody else may answer.
    node: Arc<str>,
    answers: mpsc::Sender<Answer>,
}

impl Asked {
    /// The number of a question to this node, and where its answers come; nothing when there are too many.
    pub(super) fn add(&self, node: &Arc<str>) -> Option<(u64, mpsc::Receiver<Answer>)> {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_ASKED {
            reached(Limit::LongPollAsked);
            return None;
        }
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (answers, answered) = mpsc::channel(MAX_ANSWERS);
        waiting.insert(number, Waiter { node: Arc::clone(node), answers });
        Some((number, answered))
    }

    pub(super) fn remove(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// Whether somebody waits for what this node says to a question.
    pub(super) fn is_waiting(&self, number: u64, from: &Node) -> bool {
        self.lock().get(&number).is_some_and(|waiter| waiter.node == *from.name())
    }

    /// Hands an answer over, if somebody waits for it.
    pub(super) fn answer(&self, number: u64, answer: Answer) {
        if let Some(waiter) = self.lock().get(&number) {
            // Nobody says so much.
            let _ = waiter.answers.try_send(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Waiter>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bound_and_who_is_asked_answers() {
        let (asked, node) = (Asked::default(), Arc::from("b"));
        let (number, _) = asked.add(&node).unwrap();
        assert!(asked.is_waiting(number, &Node::new("b", 1)));
        assert!(!asked.is_waiting(number, &Node::new("c", 1)));
        let mut others: Vec<_> = (1..MAX_ASKED).map(|_| asked.add(&node).unwrap()).collect();
        let before = Limit::LongPollAsked.total();
        assert!(asked.add(&node).is_none() && Limit::LongPollAsked.total() > before);
        asked.remove(number);
        assert!(!asked.is_waiting(number, &Node::new("b", 1)) && asked.add(&node).is_some());
        let (number, answered) = &mut others[0];
        for _ in 0..2 * MAX_ANSWERS {
            asked.answer(*number, Answer::Nothing);
        }
        assert_eq!(answered.len(), MAX_ANSWERS);
    }
}
