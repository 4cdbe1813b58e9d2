//! What is said about a poll: how often, and what came of it.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_millis(1);

/// The longest time of all: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How often to ask, and when not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Every {
    pub(super) interval: Duration,
    pub(super) jitter: Duration,
    pub(super) timeout: Duration,
    pub(super) is_delayed: bool,
    pub(super) while_watched: bool,
    pub(super) once: bool,
    pub(super) name: Option<&'static str>,
}

impl Every {
    /// Once in an interval, from the start of one run to the start of the next (D007), and for the first time at once (M029). A run that
    /// takes longer is followed by the next without a pause; two never overlap. There is no default: whoever asks has to know how often
    /// it may. At least 1 ms, a year at most, as all times here.
    pub const fn new(interval: Duration) -> Self {
        let interval = if interval.as_nanos() < SHORTEST.as_nanos() { SHORTEST } else { interval };
        Every {
            interval: bounded(interval),
            jitter: Duration::ZERO,
            timeout: Duration::from_secs(30),
            is_delayed: false,
            while_watched: false,
            once: false,
            name: None,
        }
    }

    /// Waits up to so much longer each time, by chance, so that many nodes do not ask at the same moment. Default: none.
    pub const fn jitter(self, jitter: Duration) -> Self {
        Every { jitter: bounded(jitter), ..self }
    }

    /// How long a run may take; then it is dropped, and has failed. Default: 30 s.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Every { timeout: bounded(timeout), ..self }
    }

    /// What metrics call the poller, and others that are alike. Default: `unnamed`.
    pub const fn name(self, name: &'static str) -> Self {
        Every { name: Some(name), ..self }
    }

    /// Waits for an interval before the first run.
    pub const fn delayed(self) -> Self {
        Every { is_delayed: true, ..self }
    }

    /// Asks only while somebody on this node looks: has a [`Feed`](super::Feed), a consumer or a bridge for the topic, or
    /// [watches](crate::Source) it. When somebody comes it is asked at once, unless that was done less than an interval ago.
    pub const fn only_while_watched(self) -> Self {
        Every { while_watched: true, ..self }
    }

    /// Asks on one node of the cluster at a time: not while another one asks, nor before it would do so again. The interval is up to a fiftieth
    /// longer, by chance. That one's value is shown here, and whether it is stale; when it is told
    /// [not to come back](PollError::retry_after) before a time, that holds for all nodes. When it stops, one of the others goes on: when that
    /// one would have, and a tenth of the interval later at most. Nodes that cannot reach each other all ask, and so do
    /// all for a topic that is [local](super::Hub::local).
    pub const fn once_per_cluster(self) -> Self {
        Every { once: true, ..self }
    }
}

const fn bounded(time: Duration) -> Duration {
    if time.as_nanos() > LONGEST.as_nanos() { LONGEST } else { time }
}

/// What a poll has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled<T> {
    /// A value, which is published.
    New(T),
    /// What was published last still holds: nothing is published, and it is not stale. An HTTP status of 304, say.
    Unchanged,
}

impl<T> From<T> for Polled<T> {
    fn from(value: T) -> Self {
        Polled::New(value)
    }
}

/// Why a poll has failed. Any error becomes one with `?`.
pub struct PollError {
    error: Box<dyn Error + Send + Sync>,
    pub(super) after: Option<Duration>,
}

impl PollError {
    /// An error with this text.
    pub fn new(text: impl fmt::Display) -> Self {
        PollError { error: text.to_string().into(), after: None }
    }

    /// Whoever was asked has said to come back after a time, and not before: `Retry-After`, or a limit of requests (D008). A day at most.
    pub fn retry_after(after: Duration) -> Self {
        PollError::new(format_args!("asked too often: it may be asked again in {after:?}")).after(after)
    }

    /// The same error, with the time until it may be asked again.
    #[must_use]
    pub fn after(self, after: Duration) -> Self {
        PollError { after: Some(after), ..self }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for PollError {
    fn from(error: E) -> Self {
        PollError { error: Box::new(error), after: None }
    }
}

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cause = Some(&*self.error as &dyn Error);
        let mut colon = "";
        while let Some(error) = cause {
            write!(f, "{colon}{error}")?;
            (cause, colon) = (error.source(), ": ");
        }
        Ok(())
    }
}

impl fmt::Debug for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollError").field("error", &self.error).field("after", &self.after).finish()
    }
}
