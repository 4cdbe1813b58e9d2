//! The task that does what is due: it speaks with the other nodes, and tells what has changed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use firecrest_presence::{Asked, Change, Diff, Message as Decoded, Outgoing, Output, ReceiveError, Target};
use firecrest_pubsub::cluster::Refused;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::answers::Answers;
use super::inbox::{Inbox, Message};
use super::service::{NAME, Service};
use crate::telemetry::{Panic, shown_error};

/// How often topics are looked for that nobody is interested in any more.
const TIDY: Duration = Duration::from_secs(10);

/// How soon after a gap a node speaks, in milliseconds: there may be more than one at once.
const AFTER_GAP: u64 = 200;

/// Runs until the service has ended.
pub(super) async fn run(service: Weak<Service>, wake: Arc<Notify>, mut inbox: Inbox) {
    let (mut tidy_at, mut answers) = (Instant::now() + TIDY, Answers::default());
    loop {
        let Some(this) = service.upgrade() else { return };
        if tidy_at <= Instant::now() {
            this.guard(|| {
                this.tidy(None);
                this.counted.tidy(&this.pubsub);
            });
            metrics::gauge!("firecrest_presence_rows").set(this.read(|replica| replica.usage().rows) as f64);
            tidy_at = Instant::now() + TIDY;
        }
        this.hurry(&inbox);
        let due = this.guard(|| this.turn()).unwrap_or(tidy_at).min(tidy_at);
        // What is small has been sent.
        this.guard(|| answers.turn(&this));
        let due = answers.due().map_or(due, |answers| answers.min(due));
        drop(this);
        tokio::select! {
            biased;
            Some(message) = inbox.next() => {
                let Some(this) = service.upgrade() else { return };
                let asked = this.guard(|| this.hear(&message)).unwrap_or_default();
                asked.into_iter().for_each(|asked| answers.put(asked));
            }
            () = wake.notified() => {}
            () = sleep_until(due) => {}
        }
    }
}

impl Service {
    /// A panic ends what was to be done, and nothing else: whoever is missing something asks for it.
    fn guard<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(work));
        done.map_err(|panic| {
            let error = Panic::new(panic);
            if self.lines.has_room("a panic") {
                tracing::error!(error = shown_error(&error), "presence panicked");
            }
        })
        .ok()
    }

    /// Speaks soon where others may not have heard this node, or it them.
    fn hurry(&self, inbox: &Inbox) {
        if inbox.take_connected() {
            self.write_quietly(|replica| replica.hurry(0));
        }
        if inbox.take_gap() {
            self.write_quietly(|replica| replica.hurry(AFTER_GAP));
        }
    }

    /// Does what is due; says when the next is.
    pub(super) fn turn(self: &Arc<Self>) -> Instant {
        let now = self.now();
        let max_message = self.pubsub.max_message(NAME).unwrap_or(usize::MAX);
        let (out, next) = self.write_quietly(|replica| {
            replica.set_max_message(max_message);
            (replica.tick(now), replica.next_tick())
        });
        // Time asks nobody anything.
        let _ = self.pass_on(out);
        self.instant(next.max(now + 1))
    }

    /// Takes a message; what was asked in it.
    fn hear(self: &Arc<Self>, Message { from, bytes }: &Message) -> Vec<Asked> {
        metrics::counter!("firecrest_presence_messages_total", "direction" => "in").increment(1);
        metrics::counter!("firecrest_presence_bytes_total", "direction" => "in")
            .increment(bytes.len() as u64);
        let now = self.now();
        // Nobody waits for it to be decoded.
        let message = Decoded::decode(bytes).map_err(ReceiveError::from);
        match message.and_then(|message| self.write_quietly(|replica| replica.take(from, message, now))) {
            Ok(out) => self.pass_on(out),
            Err(error) => {
                self.misunderstand(from, &error);
                Vec::new()
            }
        }
    }

    fn misunderstand(&self, from: &str, error: &ReceiveError) {
        metrics::counter!("firecrest_presence_unreadable_total").increment(1);
        if self.lines.has_room("a message is not understood") {
            tracing::warn!(node = ?from, %error, "a message about presence is not understood");
        }
    }

    /// Has everything happen that follows, but what is to be answered.
    fn pass_on(self: &Arc<Self>, out: Output) -> Vec<Asked> {
        let Output { outgoing, asked, diffs, totals, events } = out;
        let speaks = !outgoing.is_empty() && !self.leaving.has_left() && self.is_connected();
        // Without a connection nobody hears it; when there is one again, whoever missed something asks.
        outgoing.iter().filter(|_| speaks).for_each(|outgoing| self.send(outgoing));
        events.iter().for_each(|event| self.lines.event(event));
        // One who panics keeps nobody from being told of something else.
        for diff in diffs {
            self.guard(|| self.tell(diff));
        }
        for (name, total) in totals {
            self.guard(|| self.totals.tell(&name, total));
        }
        if self.leaving.has_left() { Vec::new() } else { asked }
    }

    fn is_connected(&self) -> bool {
        self.pubsub.health().is_some_and(|health| health.is_connected())
    }

    pub(super) fn send(&self, Outgoing { to, bytes }: &Outgoing) {
        // Whoever misses it asks for it.
        let _ = match to {
            Target::All => self.sent(bytes, self.pubsub.send(NAME, bytes)),
            Target::Node(node) => self.send_to(node, bytes),
        };
    }

    pub(super) fn send_to(&self, node: &str, bytes: &[u8]) -> Result<(), Refused> {
        self.sent(bytes, self.pubsub.send_to(node, NAME, bytes))
    }

    fn sent(&self, bytes: &[u8], sent: Result<(), Refused>) -> Result<(), Refused> {
        match sent {
            Ok(()) => {
                metrics::counter!("firecrest_presence_messages_total", "direction" => "out").increment(1);
                metrics::counter!("firecrest_presence_bytes_total", "direction" => "out")
                    .increment(bytes.len() as u64);
            }
            Err(Refused::TooLarge { len, max }) if self.lines.has_room("a message is too large") => {
                tracing::error!(
                    "presence: a message has {len} bytes, and the broker takes {max}: what is in it is missing on other nodes"
                );
            }
            Err(_) => {}
        }
        sent
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
