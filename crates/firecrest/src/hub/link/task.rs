//! The task that tells the other nodes what this one wants to hear.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_pubsub::cluster::Node;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::Link;
use super::answers::Answers;
use super::asks::ask;
use super::message::Talk;
use crate::hub::Pattern;
use crate::hub::core::Core;
use crate::hub::grammar::REST;
use crate::hub::poller::LONGEST_TOLD;
use crate::telemetry::Panic;
use crate::telemetry::meter::{Limit, reached};

/// How often a node says that it is there.
const LEASE: Duration = Duration::from_secs(10);

/// The least time between two tables, or two rounds of questions.
const PACE: Duration = Duration::from_millis(100);

/// How many patterns a table has, and how many bytes of them. Who wants more is sent everything.
const MAX_PATTERNS: usize = 1_024;
const MAX_BYTES: usize = 48 * 1024;

/// Runs until the hub is gone.
pub(super) async fn run(core: Weak<Core>, wake: Arc<Notify>, mut inbox: mpsc::Receiver<(Node, Talk)>) {
    let mut told = Told::new();
    loop {
        let due = {
            let Some(this) = core.upgrade() else { return };
            let Some(link) = &this.link else { return };
            // What went wrong once is done again after the pause.
            quietly(&this, || told.turn(&this, link)).unwrap_or_else(|| Instant::now() + PACE)
        };
        tokio::select! {
            biased;
            heard = inbox.recv() => {
                let (Some((node, talk)), Some(this)) = (heard, core.upgrade()) else { return };
                let Some(link) = &this.link else { return };
                quietly(&this, || told.hear(&this, link, &node, talk));
            }
            () = wake.notified() => {}
            () = sleep_until(due) => {}
        }
    }
}

/// Messages that end in here run the application's code, which may panic: that must not end the task.
fn quietly<T>(core: &Core, work: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.map_err(|panic| core.panicked(&Panic::new(panic))).ok()
}

/// What the other nodes were told last, and are to be told.
struct Told {
    patterns: Vec<Pattern>,
    number: u64,
    /// What the router was when it was looked last.
    version: u64,
    lease_at: Instant,
    /// From when on something may be told again.
    free_at: Instant,
    /// The number of the last question.
    question: u64,
    answers: Answers,
}

impl Told {
    fn new() -> Self {
        let now = Instant::now();
        Told {
            patterns: Vec::new(),
            number: 0,
            version: 0,
            lease_at: now,
            free_at: now,
            question: 0,
            answers: Answers::default(),
        }
    }

    /// Does what is due; says when the next is.
    fn turn(&mut self, core: &Core, link: &Link) -> Instant {
        let now = Instant::now();
        if link.has_left.load(Ordering::Acquire) {
            link.peers.forget(&core.router);
            return now + LEASE;
        }
        if now >= self.free_at && self.tell(core, link) {
            self.free_at = now + PACE;
        }
        if now >= self.lease_at {
            link.send(&Talk::Lease { number: self.number, clock: core.clock.last() }.encode());
            link.peers.forget(&core.router);
            link.peers.lose_patience();
            self.answers.retain(|node| link.peers.is_known(node));
            self.lease_at = now + LEASE;
        }
        let answer_at = self.answers.turn(core, link);
        let has_more = link.is_lost.load(Ordering::Acquire) || link.is_unheard.load(Ordering::Acquire);
        let has_more = has_more || link.peers.has_more() || core.router.version() != self.version;
        let due = if has_more { self.free_at.min(self.lease_at) } else { self.lease_at };
        answer_at.map_or(due, |at| at.min(due))
    }

    /// Tells the table, if that is news, and asks what is to be asked. Returns whether there was something to say.
    fn tell(&mut self, core: &Core, link: &Link) -> bool {
        let is_lost = link.is_lost.swap(false, Ordering::AcqRel);
        let is_unheard = link.is_unheard.swap(false, Ordering::AcqRel);
        let is_new = self.renew(core);
        if is_new || is_lost || is_unheard {
            link.send(&self.table(is_lost).encode());
        }
        if is_lost {
            link.peers.ask_all(&core.kept());
        }
        let suspects = link.peers.take_suspects();
        for node in &suspects {
            link.send_to(node, &Talk::Want.encode());
            link.peers.ask(node, &core.kept());
        }
        let questions = link.peers.take_questions(&mut self.question);
        let is_quiet = questions.is_empty();
        for (node, questions) in questions {
            for question in questions {
                let ask = ask(core, link.own.name(), self.number, question);
                link.send_to(&node, &ask.encode());
            }
        }
        is_new || is_lost || is_unheard || !suspects.is_empty() || !is_quiet
    }

    /// Looks what this node wants now. Returns whether that is news.
    fn renew(&mut self, core: &Core) -> bool {
        let version = core.router.version();
        if std::mem::replace(&mut self.version, version) == version {
            return false;
        }
        let wanted = wanted(core);
        let is_new = wanted != self.patterns;
        if is_new {
            self.patterns = wanted;
            self.number += 1;
        }
        is_new
    }

    fn table(&self, answer: bool) -> Talk {
        let patterns = self.patterns.iter().map(ToString::to_string).collect();
        Talk::Table { number: self.number, patterns, answer }
    }

    fn hear(&mut self, core: &Core, link: &Link, node: &Node, talk: Talk) {
        let reply = |talk: &Talk| {
            if !link.has_left.load(Ordering::Acquire) {
                link.send_to(node.name(), &talk.encode());
            }
        };
        match talk {
            Talk::Table { number, patterns, answer } => {
                if link.peers.tell(&core.router, node, number, readable(&patterns)) {
                    // Whatever it has sent before, this node has not heard it.
                    link.peers.ask(node.name(), &core.kept());
                }
                if answer {
                    reply(&self.table(false));
                }
            }
            Talk::Lease { number, clock } => {
                core.clock.see(clock);
                if !link.peers.renew(node, number) {
                    reply(&Talk::Want);
                }
            }
            Talk::Want => {
                reply(&self.table(false));
                // Nor has it sent anything to this one meanwhile, perhaps.
                link.peers.ask(node.name(), &core.kept());
            }
            Talk::Ask { table, question, topics } => {
                // What is sent to it after this answer has to reach it: its table first, and then it asks again.
                if link.peers.has(node, table) {
                    self.answers.add(node.name(), question, topics);
                } else {
                    reply(&Talk::Want);
                }
            }
            Talk::Answered { question } => link.peers.answered(node, question),
            Talk::Polling { topic, most } => {
                if let Some(entry) = core.known(&topic, false) {
                    entry.shelf.polls.asked_elsewhere(Duration::from_millis(most).min(LONGEST_TOLD));
                }
            }
            Talk::Polled { topic, report } => {
                core.clock.see(report.order);
                if let Some(entry) = core.known(&topic, false) {
                    entry.shelf.polled_elsewhere(report.report());
                }
            }
            Talk::Bye => link.peers.remove(&core.router, node),
        }
    }
}

/// What this node wants to hear of the others.
fn wanted(core: &Core) -> Vec<Pattern> {
    let patterns = core.router.wanted();
    let bytes: usize = patterns.iter().map(|pattern| pattern.as_str().len()).sum();
    if patterns.len() <= MAX_PATTERNS && bytes <= MAX_BYTES {
        return patterns;
    }
    reached(Limit::HubPatterns);
    everything()
}

/// What another node wants. One that says too much, or what is no pattern, is sent everything.
fn readable(patterns: &[String]) -> BTreeSet<Pattern> {
    let read: Result<BTreeSet<Pattern>, _> = patterns.iter().map(|pattern| pattern.parse()).collect();
    match read {
        Ok(read) if read.len() <= MAX_PATTERNS => read,
        _ => everything().into_iter().collect(),
    }
}

fn everything() -> Vec<Pattern> {
    REST.parse().into_iter().collect()
}
