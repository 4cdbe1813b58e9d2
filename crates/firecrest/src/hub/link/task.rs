//! The task that tells the other nodes what this one wants to hear.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_pubsub::cluster::Node;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::Link;
use super::message::Talk;
use crate::hub::core::Core;
use crate::hub::grammar::REST;
use crate::hub::parcel::time;
use crate::hub::tasks::shortened;
use crate::hub::{Pattern, Stale};
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
    let mut told = Told {
        patterns: Vec::new(),
        number: 0,
        version: 0,
        lease_at: Instant::now(),
        free_at: Instant::now(),
    };
    loop {
        let due = {
            let Some(this) = core.upgrade() else { return };
            let Some(link) = &this.link else { return };
            told.turn(&this, link)
        };
        tokio::select! {
            biased;
            heard = inbox.recv() => {
                let (Some((node, talk)), Some(this)) = (heard, core.upgrade()) else { return };
                let Some(link) = &this.link else { return };
                told.hear(&this, link, &node, talk);
            }
            () = wake.notified() => {}
            () = sleep_until(due) => {}
        }
    }
}

/// What the other nodes were told last.
struct Told {
    patterns: Vec<Pattern>,
    number: u64,
    /// What the router was when it was looked last.
    version: u64,
    lease_at: Instant,
    /// From when on something may be told again.
    free_at: Instant,
}

impl Told {
    /// Does what is due; says when the next is.
    fn turn(&mut self, core: &Core, link: &Link) -> Instant {
        let now = Instant::now();
        if now >= self.free_at {
            let is_lost = link.is_lost.swap(false, Ordering::AcqRel);
            if is_lost {
                core.kept().into_iter().for_each(|(topic, count)| link.asks.add(topic, count));
            }
            let is_new = self.renew(core);
            if is_new || is_lost {
                self.say(link, &self.table(is_lost));
            }
            let asks = link.asks.take();
            asks.iter().for_each(|ask| self.say(link, ask));
            if is_new || is_lost || !asks.is_empty() {
                self.free_at = now + PACE;
            }
        }
        if now >= self.lease_at {
            self.say(link, &Talk::Lease { number: self.number });
            link.peers.forget(&core.router);
            self.lease_at = now + LEASE;
        }
        let has_more = link.is_lost.load(Ordering::Acquire) || !link.asks.is_empty();
        let has_more = has_more || core.router.version() != self.version;
        if has_more { self.free_at.min(self.lease_at) } else { self.lease_at }
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

    fn say(&self, link: &Link, talk: &Talk) {
        if !link.has_left.load(Ordering::Acquire) {
            link.send(&talk.encode());
        }
    }

    fn hear(&mut self, core: &Core, link: &Link, node: &Node, talk: Talk) {
        let reply = |talk: &Talk| {
            if !link.has_left.load(Ordering::Acquire) {
                link.send_to(node.name(), &talk.encode());
            }
        };
        match talk {
            Talk::Table { number, patterns, answer } => {
                link.peers.tell(&core.router, node, number, readable(&patterns));
                if answer {
                    reply(&self.table(false));
                }
            }
            Talk::Lease { number } => {
                if !link.peers.renew(node, number) {
                    reply(&Talk::Want);
                }
            }
            Talk::Want => reply(&self.table(false)),
            Talk::Ask { topics } => link.answer(core, node.name(), &topics),
            Talk::Polled { topic, stale } => {
                if let Some(entry) = core.known(&topic, false) {
                    let stale =
                        stale.map(|(since, error)| Stale { since: time(since), error: shortened(&error) });
                    entry.shelf.polled_elsewhere(stale);
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
