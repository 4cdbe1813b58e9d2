//! What a cluster's methods and its task share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::link::Tls;
use crate::name::Names;
use crate::outbox::Outbox;
use crate::servers::Server;
use crate::status::Status;
use crate::subscriptions::Subscriptions;
use crate::wire::Stamp;
use crate::{ConfigError, NatsClusterOptions, servers};

/// What a cluster's methods and its task share. The methods change what is wanted and wake the task, which makes it so.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) servers: Vec<Server>,
    pub(crate) names: Names,
    pub(crate) tls: Tls,
    pub(crate) timeout: Duration,
    pub(crate) backoff: (Duration, Duration),
    pub(crate) outbox: Outbox,
    pub(crate) status: Status,
    /// Wakes the task: something waits to be sent or told.
    pub(crate) work: Notify,
    /// Ends the task, once what waits was sent.
    pub(crate) ending: CancellationToken,
    subscriptions: Mutex<Subscriptions>,
    /// Most bytes of a message that we send.
    own_max: usize,
    /// The same, or less if the server takes less.
    max_message: AtomicUsize,
}

impl Shared {
    pub(crate) fn new(url: &str, options: NatsClusterOptions) -> Result<Self, ConfigError> {
        options.check()?;
        Ok(Shared {
            servers: servers::parse(url)?,
            names: Names::new(options.prefix),
            tls: Tls::new(options.authorities.as_deref())?,
            timeout: options.timeout,
            backoff: (*options.reconnect.start(), *options.reconnect.end()),
            outbox: Outbox::new(options.queue_messages, options.queue_bytes),
            status: Status::new(),
            work: Notify::new(),
            ending: CancellationToken::new(),
            subscriptions: Mutex::default(),
            own_max: options.max_message,
            max_message: AtomicUsize::new(options.max_message),
        })
    }

    pub(crate) fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn max_message(&self) -> usize {
        self.max_message.load(Ordering::Relaxed)
    }

    /// The server takes messages of so many bytes.
    pub(crate) fn limit_messages(&self, theirs: usize) {
        self.max_message.store(theirs.saturating_sub(Stamp::LEN).min(self.own_max), Ordering::Relaxed);
    }

    /// The connection is gone, and all that depended on it.
    pub(crate) fn disconnect(&self) {
        self.outbox.shut();
        self.subscriptions().lose();
    }

    /// Takes nothing more, and lets the task send what waits.
    pub(crate) fn end(&self) {
        self.outbox.end();
        self.status.closed();
        self.subscriptions().end();
        self.ending.cancel();
        self.work.notify_one();
    }
}
