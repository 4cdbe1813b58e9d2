//! The task that does what is due: it speaks with the other nodes, and tells what has changed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_presence::{Change, Diff, Event, Outgoing, Output, ReceiveError, Target};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::inbox::Heard;
use super::service::{NAME, Service};
use crate::telemetry::{Panic, shown_error};

/// How often topics are looked for that nobody is interested in any more.
const TIDY: Duration = Duration::from_secs(10);

/// How soon after a gap a node speaks, in milliseconds: there may be more than one at once.
const AFTER_GAP: u64 = 200;

/// Runs until the service has ended.
pub(super) async fn run(service: Weak<Service>, wake: Arc<Notify>, mut inbox: mpsc::Receiver<Heard>) {
    let mut tidy_at = Instant::now() + TIDY;
    loop {
        let Some(this) = service.upgrade() else { return };
        if tidy_at <= Instant::now() {
            guard(|| {
                this.tidy(None);
                this.counted.tidy(&this.pubsub);
            });
            metrics::gauge!("firecrest_presence_rows").set(this.read(|replica| replica.usage().rows) as f64);
            tidy_at = Instant::now() + TIDY;
        }
        let due = guard(|| this.turn()).unwrap_or(tidy_at).min(tidy_at);
        drop(this);
        tokio::select! {
            biased;
            Some(heard) = inbox.recv() => {
                let Some(this) = service.upgrade() else { return };
                guard(|| this.hear(heard));
            }
            () = wake.notified() => {}
            () = sleep_until(due) => {}
        }
    }
}

/// A panic ends what was to be done, and nothing else: whoever is missing something asks for it.
fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.map_err(|panic| {
        let error = Panic::new(panic);
        tracing::error!(error = shown_error(&error), "presence panicked");
    })
    .ok()
}

impl Service {
    /// Does what is due; says when the next is.
    pub(super) fn turn(self: &Arc<Self>) -> Instant {
        let now = self.now();
        let (out, next) = self.write_quietly(|replica| (replica.tick(now), replica.next_tick()));
        self.pass_on(out);
        self.instant(next.max(now + 1))
    }

    fn hear(self: &Arc<Self>, heard: Heard) {
        match heard {
            Heard::Message { from, bytes } => {
                metrics::counter!("firecrest_presence_messages_total", "direction" => "in").increment(1);
                metrics::counter!("firecrest_presence_bytes_total", "direction" => "in")
                    .increment(bytes.len() as u64);
                let now = self.now();
                match self.write_quietly(|replica| replica.receive(&from, &bytes, now)) {
                    Ok(out) => self.pass_on(out),
                    Err(error) => self.misunderstand(&from, &error),
                }
            }
            Heard::Gap => self.write_quietly(|replica| replica.hurry(AFTER_GAP)),
        }
    }

    fn misunderstand(&self, from: &str, error: &ReceiveError) {
        metrics::counter!("firecrest_presence_unreadable_total").increment(1);
        if self.noise.is_news("unreadable") {
            tracing::warn!(node = from, %error, "a message about presence is not understood");
        }
    }

    fn pass_on(self: &Arc<Self>, out: Output) {
        let Output { outgoing, diffs, totals, events } = out;
        if self.pubsub.node().is_some() && !self.leaving.has_left() {
            outgoing.iter().for_each(|outgoing| self.send(outgoing));
        }
        events.into_iter().for_each(log);
        diffs.into_iter().for_each(|diff| self.tell(diff));
        totals.into_iter().for_each(|(name, total)| self.totals.tell(&name, total));
    }

    pub(super) fn send(&self, outgoing: &Outgoing) {
        let Outgoing { to, bytes } = outgoing;
        metrics::counter!("firecrest_presence_messages_total", "direction" => "out").increment(1);
        metrics::counter!("firecrest_presence_bytes_total", "direction" => "out")
            .increment(bytes.len() as u64);
        let _ = match to {
            Target::All => self.pubsub.send(NAME, bytes),
            Target::Node(node) => self.pubsub.send_to(node, NAME, bytes),
        };
    }

    /// Tells a topic's change to whoever is interested.
    fn tell(self: &Arc<Self>, Diff { topic, change }: Diff) {
        metrics::counter!("firecrest_presence_diffs_total").increment(1);
        let Some(lane) = self.lanes.get(&topic) else { return };
        match change {
            Change::Rows(rows) => self.tell_rows(&lane, &rows),
            Change::Resync => self.tell_all(&lane),
        }
        if lane.subscribers() == 0 {
            self.tidy(Some(&topic));
        }
    }
}

fn log(event: Event) {
    match event {
        Event::Up(node) => tracing::info!(node = &**node.name(), "presence: a node is up"),
        Event::Down(node) => {
            tracing::warn!(node = &**node.name(), "presence: a node is silent, its rows are hidden");
        }
        Event::Forgotten(node) => tracing::info!(node = &**node.name(), "presence: a node is gone"),
        Event::DuplicateName(node) => {
            tracing::error!(node = &**node.name(), "presence: another node has the name of this one");
        }
        Event::SnapshotTooLarge(node) => {
            tracing::error!(node = &**node.name(), "presence: the rows of a node are too many to be taken");
        }
        Event::TooManyRows(node) => {
            tracing::error!(node = &**node.name(), "presence: a node has more rows than are listed");
        }
        event => tracing::info!(?event, "presence"),
    }
}
