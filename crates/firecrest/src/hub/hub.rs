//! The hub.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::bridge::{self, Bridge, Bridged};
use super::core::{Core, Subscription};
use super::grammar::check_topic;
use super::listener::{Kind, Listener};
use super::origin::Origin;
use super::{
    Body, BridgeError, Consumer, ConsumerOptions, Counted, Every, Feed, HubStats, Keep, Message, Pattern,
    PatternError, PollError, Polled, Poller, SendError, Topic, TopicError,
};

/// The message hub of an endpoint: [`Endpoint::hub`](crate::Endpoint::hub). Clones are the same.
///
/// Clients cannot reach it: whatever they are to see or to say goes through a channel or a view of the application, which decides who may
/// (M039).
#[derive(Clone)]
pub struct Hub(Arc<Core>);

impl Hub {
    pub(crate) fn new(core: &Arc<Core>) -> Self {
        Hub(Arc::clone(core))
    }

    /// A topic whose messages are of one type. What it keeps is there for whoever comes later, also on another node; where a topic has
    /// several handles, it is the most that any of them asks for, and the type is that of the first.
    ///
    /// # Errors
    /// When the name is no topic, or more than 10,000 topics have handles.
    pub fn topic<T: Body>(&self, name: &str, keep: Keep) -> Result<Topic<T>, TopicError> {
        self.handle(name, keep, false)
    }

    /// A topic whose messages stay on this node: neither other nodes nor bridges hear of them. Whoever listens on this node does.
    ///
    /// # Errors
    /// As [`topic`](Self::topic).
    pub fn local<T: Body>(&self, name: &str, keep: Keep) -> Result<Topic<T>, TopicError> {
        self.handle(name, keep, true)
    }

    fn handle<T: Body>(&self, name: &str, keep: Keep, is_local: bool) -> Result<Topic<T>, TopicError> {
        let entry = self.0.entry(name, is_local)?;
        entry.shelf.set_type::<T>();
        entry.keep(keep);
        Ok(Topic::new(entry))
    }

    /// The messages to all topics of a [pattern](Pattern), from now on.
    ///
    /// # Errors
    /// When it is no pattern.
    pub fn subscribe<T: Body>(&self, pattern: &str) -> Result<Feed<T>, PatternError> {
        Ok(self.feed(vec![pattern.parse()?]))
    }

    /// Counts the messages to all topics of a [pattern](Pattern), from now on.
    ///
    /// # Errors
    /// When it is no pattern.
    pub fn count(&self, pattern: &str) -> Result<Counted, PatternError> {
        let patterns = vec![pattern.parse()?];
        Ok(Counted::new(|count| self.listen(Kind::Count(count), patterns)))
    }

    /// Sends one message to a topic that there need be no handle of (M012). It never waits. Where messages to a topic are frequent, a
    /// [`Topic`] is the faster way.
    ///
    /// # Errors
    /// When the name is no topic, or somebody listens and the value has no form in JSON.
    pub fn send<T: Serialize + ?Sized>(&self, topic: &str, value: &T) -> Result<(), SendError> {
        self.0.send(topic, Origin::default(), || encode(value))
    }

    /// Sends one message to several topics (M012). When one of the names is no topic it is sent to none.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_all<T: Serialize + ?Sized>(
        &self,
        topics: impl IntoIterator<Item = impl AsRef<str>>,
        value: &T,
    ) -> Result<(), SendError> {
        let topics: Vec<_> = topics.into_iter().collect();
        topics.iter().try_for_each(|topic| check_topic(topic.as_ref()))?;
        let mut json: Option<Bytes> = None;
        for topic in &topics {
            self.0.send(topic.as_ref(), Origin::default(), || {
                let known = json.take().map_or_else(|| encode(value), Ok)?;
                Ok(json.insert(known).clone())
            })?;
        }
        Ok(())
    }

    /// Handles all messages to a pattern, in tasks of their own (M023–M028). Errors are counted and end nothing; after a panic
    /// there is a pause, from up to 100 ms to up to 30 s when it panics again and again. It may send messages itself.
    ///
    /// ```
    /// use firecrest::hub::{ConsumerOptions, Message};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let endpoint = firecrest::Endpoint::builder().build()?;
    /// let options = ConsumerOptions::default().workers(4).validate(|order: &Message<u32>| match **order {
    ///     0 => Err("an order of nothing".into()),
    ///     _ => Ok(()),
    /// });
    /// let handle = async |order: Message<u32>| {
    ///     println!("{} were ordered at {}", *order, order.topic());
    ///     Ok::<_, std::io::Error>(())
    /// };
    /// let consumer = endpoint.hub().consume("orders.*", options, handle)?;
    /// # consumer.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is no pattern, or one of [`also`](ConsumerOptions::also).
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn consume<T, F, Fut, E>(
        &self,
        pattern: &str,
        mut options: ConsumerOptions<T>,
        handle: F,
    ) -> Result<Consumer, PatternError>
    where
        T: Body,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display + Send + 'static,
    {
        let also = std::mem::take(&mut options.also);
        let patterns = std::iter::once(pattern).chain(also.iter().map(String::as_str));
        let patterns = patterns.map(str::parse).collect::<Result<Vec<Pattern>, _>>()?;
        let name = options.name.clone().unwrap_or_else(|| pattern.into());
        let consumer = Consumer::start(&self.0.tasks, name, self.feed(patterns), options, handle);
        self.0.reports.add_consumer(Arc::downgrade(consumer.record()));
        Ok(consumer)
    }

    /// Asks again and again, for all who look at a topic, and publishes what it is told (D006). The topic keeps at least its last value.
    /// The text of errors goes to the log.
    ///
    /// When a run fails, panics or takes too long, the last value stays and is [stale](Topic::stale) (D008). The next run comes
    /// after the interval, then after twice and four times that, up to five minutes or the interval if that is longer; or when
    /// whoever was asked [has said](PollError::retry_after).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use firecrest::hub::{Every, Keep, PollError};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let endpoint = firecrest::Endpoint::builder().build()?;
    /// let hub = endpoint.hub();
    /// let load = hub.topic::<f64>("machine.load", Keep::Newest(60))?;
    /// let poller = hub.poll(&load, Every::new(Duration::from_secs(10)).only_while_watched(), async || {
    ///     let text = std::fs::read_to_string("/proc/loadavg")?;
    ///     let first = text.split(' ').next().unwrap_or_default();
    ///     Ok::<f64, PollError>(first.parse()?)
    /// });
    /// let mut feed = load.subscribe();
    /// # tokio::time::timeout(Duration::from_millis(100), async {
    /// println!("{}", *feed.next().await);
    /// # }).await.ok();
    /// # poller.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn poll<T, F, Fut, A, E>(&self, topic: &Topic<T>, every: Every, ask: F) -> Poller
    where
        T: Body,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Polled<T>> + Send + 'static,
        E: Into<PollError> + Send + 'static,
    {
        topic.entry().keep(Keep::Last);
        let poller = Poller::start(&self.0.tasks, topic.clone(), every, ask);
        self.0.reports.add_poller(Arc::downgrade(poller.record()));
        poller
    }

    /// Connects the hub with another system.
    ///
    /// # Errors
    /// When one of its patterns is none, or there is a bridge of its name.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn bridge(&self, bridge: impl Bridge) -> Result<Bridged, BridgeError> {
        bridge::build(&self.0, bridge)
    }

    /// The counters of all consumers and pollers on this node (M034).
    pub fn stats(&self) -> HubStats {
        self.0.reports.stats()
    }

    /// A task of the framework's own, which ends when the endpoint shuts down, like consumers and pollers.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.0.tasks.spawn_until_stop(task)
    }

    fn feed<T: Body>(&self, patterns: Vec<Pattern>) -> Feed<T> {
        Feed::new(|queue| self.listen(Kind::Queue(queue), patterns))
    }

    fn listen(&self, kind: Kind, patterns: Vec<Pattern>) -> Subscription {
        self.0.subscribe(Listener::new(kind), patterns)
    }
}

fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, SendError> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| SendError::Encode(error.to_string()))
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}
