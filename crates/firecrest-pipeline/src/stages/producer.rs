//! Who emits.

use std::sync::Arc;

use slab::Slab;

use super::demand::Demand;
use super::dispatch::{By, PartitionOf};
use super::error::{EmitError, End, SubscribeError};
use super::source::{Select, Source, State, Subscriber};
use super::subscription::Subscription;
use crate::drops::{Drops, OnDrop};
use crate::lane::Lane;
use crate::{ConfigError, Keep};

/// Emits items to whom they were asked for by. Clones are the same producer; when the last one is dropped, it has finished: what
/// waits is still given out.
pub struct Producer<T> {
    pub(super) source: Arc<Source<T>>,
}

/// A producer that does not exist yet.
#[must_use = "there is no producer until it is built"]
pub struct Builder<T> {
    capacity: Option<usize>,
    keep: Keep,
    by: By<T>,
    queues: usize,
    is_held: bool,
    on_drop: Option<OnDrop>,
}

impl<T> Producer<T> {
    /// A producer with a buffer of 10,000 items that keeps the newest and gives to whoever has asked for most.
    pub fn builder() -> Builder<T> {
        Builder {
            capacity: Some(10_000),
            keep: Keep::Newest,
            by: By::Demand,
            queues: 1,
            is_held: false,
            on_drop: None,
        }
    }

    /// Emits: what was asked for goes out, the rest waits in the buffer, in order (G013). What does not fit is dropped, counted
    /// and logged; how many that were.
    ///
    /// # Errors
    /// When an item belongs to a partition that there is not, or the producer has ended. Nothing is emitted then.
    pub fn emit(&self, items: impl IntoIterator<Item = T>) -> Result<usize, EmitError> {
        let mut made = 0;
        let items = self.sort(items.into_iter().inspect(|_| made += 1))?;
        self.source.change(|state, after| {
            if state.end.is_some() {
                after.trash.extend(items.into_iter().map(|(_, item)| item));
                return Err(EmitError::Ended);
            }
            state.emit(items, made, after);
            Ok(usize::try_from(after.dropped).unwrap_or(usize::MAX))
        })
    }

    /// Waits until somebody wants more than waits in the buffer (G011), and gives how much: so many should be emitted. Nothing when
    /// the producer has ended.
    pub async fn demanded(&self) -> Option<usize> {
        self.wait_for(|state| match (state.end.is_some(), state.wanted()) {
            (true, _) => Some(None),
            (false, 0) => None,
            (false, wanted) => {
                state.announced += wanted;
                Some(Some(wanted))
            }
        })
        .await
    }

    /// Waits until everything that was emitted before has left the buffer (G019). Nothing that is emitted afterwards, and nothing
    /// that is dropped, changes that.
    pub async fn flushed(&self) {
        let ends: Vec<_> = self.source.lock().queues.iter().map(Lane::end).collect();
        loop {
            let moved = self.source.moved.notified();
            if self
                .source
                .lock()
                .queues
                .iter()
                .zip(&ends)
                .all(|(queue, end)| queue.head() >= *end || queue.is_empty())
            {
                return;
            }
            moved.await;
        }
    }

    /// Lets demand that was [held](Builder::held) through.
    pub fn forward(&self) {
        self.source.change(|state, after| {
            state.is_held = false;
            state.dispatch(after);
        });
    }

    /// Holds demand back until [`forward`](Self::forward).
    pub fn hold(&self) {
        self.source.change(|state, _| state.is_held = true);
    }

    /// How many items wait.
    pub fn depth(&self) -> usize {
        self.source.lock().queues.iter().map(Lane::len).sum()
    }

    /// How many were dropped because there was no room.
    pub fn dropped(&self) -> u64 {
        self.source.drops.count()
    }

    /// Subscribes.
    ///
    /// # Errors
    /// When items are partitioned.
    pub fn subscribe(&self, demand: Demand) -> Result<Subscription<T>, SubscribeError> {
        self.subscribe_as(demand, None, None)
    }

    /// Subscribes to some of the items: what is not selected is not given out here, and something else is asked for instead (G025).
    /// Only a [broadcast](Builder::broadcast) knows the difference. The function is called while the producer is locked.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub fn subscribe_to(
        &self,
        demand: Demand,
        select: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Result<Subscription<T>, SubscribeError> {
        self.subscribe_as(demand, None, Some(Box::new(select)))
    }

    /// Subscribes to a partition.
    ///
    /// # Errors
    /// When there is no such partition, or it has a consumer already (G028).
    pub fn subscribe_partition(
        &self,
        partition: usize,
        demand: Demand,
    ) -> Result<Subscription<T>, SubscribeError> {
        self.subscribe_as(demand, Some(partition), None)
    }

    /// Ends because something went wrong: what waits is not given out any more.
    pub fn fail(&self, reason: impl Into<Arc<str>>) {
        self.source.end(End::Failed(reason.into()));
    }

    /// Looks again and again until there is something.
    pub(super) async fn wait_for<R>(&self, mut look: impl FnMut(&mut State<T>) -> Option<R>) -> R {
        loop {
            let wanted = self.source.wanted.notified();
            if let Some(found) = look(&mut self.source.lock()) {
                return found;
            }
            wanted.await;
        }
    }

    /// Which queue each item belongs to.
    fn sort(&self, items: impl IntoIterator<Item = T>) -> Result<Vec<(usize, T)>, EmitError> {
        let (of, queues) = {
            let state = self.source.lock();
            let By::Partition { of } = &state.by else {
                drop(state);
                return Ok(items.into_iter().map(|item| (0, item)).collect());
            };
            (Arc::clone(of), state.queues.len())
        };
        let placed = items.into_iter().filter_map(|item| of(&item).map(|partition| (partition, item)));
        let checked = placed.map(|(partition, item)| match partition < queues {
            true => Ok((partition, item)),
            false => Err(EmitError::NoPartition { partition, of: queues }),
        });
        checked.collect()
    }

    fn subscribe_as(
        &self,
        demand: Demand,
        partition: Option<usize>,
        select: Option<Select<T>>,
    ) -> Result<Subscription<T>, SubscribeError> {
        let (id, first_max, is_gone) = self.source.change(|state, _| {
            let queue = state.queue(partition)?;
            let first = *state.first_max.get_or_insert(demand.max);
            let subscriber =
                Subscriber { pending: 0, since: 0, inbox: Default::default(), waker: None, queue, select };
            Ok((state.subscribers.insert(subscriber), first, state.end.is_some()))
        })?;
        if demand.max > first_max {
            tracing::warn!(
                max_demand = demand.max,
                first = first_max,
                "a subscriber asks for more at once than the first one: it will be given most of the items"
            );
        }
        Ok(Subscription::new(Arc::clone(&self.source), id, demand, is_gone))
    }
}

impl<T> State<T> {
    /// The queue that a subscriber is given its items from.
    fn queue(&self, partition: Option<usize>) -> Result<usize, SubscribeError> {
        let of = self.queues.len();
        match (&self.by, partition) {
            (By::Partition { .. }, None) => Err(SubscribeError::Partitioned),
            (By::Partition { .. }, Some(partition)) if partition < of => {
                let is_taken = self.subscribers.iter().any(|(_, one)| one.queue == partition);
                if is_taken { Err(SubscribeError::Taken(partition)) } else { Ok(partition) }
            }
            (_, None) => Ok(0),
            (By::Partition { .. }, Some(partition)) => Err(SubscribeError::NoPartition { partition, of }),
            (_, Some(partition)) => Err(SubscribeError::NoPartition { partition, of: 0 }),
        }
    }
}

impl<T> Builder<T> {
    /// How many items wait at most, in each partition when there are some; 10,000 by default.
    pub fn capacity(mut self, items: usize) -> Self {
        self.capacity = Some(items);
        self
    }

    /// Any number of items may wait, and none is ever dropped (G017): only for whoever makes no more than what is wanted, as the tasks of
    /// [`Producer::from_fn`], [`Producer::from_stream`] and [`then`](crate::stages::Subscription::then) do. What waits then is at most
    /// what all subscriptions together ask for at once, and what one call makes too many.
    pub fn unbounded(mut self) -> Self {
        self.capacity = None;
        self
    }

    /// Which items are kept when more come than fit; the newest by default (G014, G015).
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// Demand is held back until [`Producer::forward`], so that all can subscribe before the first item (G009).
    pub fn held(mut self) -> Self {
        self.is_held = true;
        self
    }

    /// Each item to whoever has asked for most; the default.
    pub fn by_demand(mut self) -> Self {
        (self.by, self.queues) = (By::Demand, 1);
        self
    }

    /// Each item to the partition it belongs to, from 0 on; to nobody when it belongs to none. Each has a buffer of its own, so
    /// that a full one stops nobody else (G029).
    pub fn partition(
        mut self,
        partitions: usize,
        of: impl Fn(&T) -> Option<usize> + Send + Sync + 'static,
    ) -> Self {
        let of: PartitionOf<T> = Arc::new(of);
        (self.by, self.queues) = (By::Partition { of }, partitions);
        self
    }

    /// Is told how many items were dropped since the last time, once a second at most; when it gives false, no line in the log says
    /// so.
    pub fn on_drop(mut self, hook: impl Fn(u64) -> bool + Send + Sync + 'static) -> Self {
        self.on_drop = Some(Box::new(hook));
        self
    }

    /// The producer.
    ///
    /// # Errors
    /// When nothing can wait in it (G020).
    pub fn build(self) -> Result<Producer<T>, ConfigError> {
        if self.capacity == Some(0) || self.queues == 0 {
            return Err(ConfigError::Capacity);
        }
        Ok(self.any())
    }

    /// The producer, when the options make sense.
    pub(super) fn any(self) -> Producer<T> {
        let state = State {
            by: self.by,
            queues: (0..self.queues).map(|_| Lane::default()).collect(),
            capacity: self.capacity,
            keep: self.keep,
            subscribers: Slab::new(),
            is_held: self.is_held,
            announced: 0,
            end: None,
            handles: 1,
            feeders: 0,
            turn: 0,
            first_max: None,
        };
        let drops = Drops::new("producer", self.on_drop);
        Producer { source: Arc::new(Source::new(state, drops)) }
    }
}

impl<T: Clone> Builder<T> {
    /// Each item to everybody, as fast as the slowest asks (G024). Items are cloned while the producer is locked.
    pub fn broadcast(mut self) -> Self {
        (self.by, self.queues) = (By::Broadcast { clone: T::clone }, 1);
        self
    }
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        self.source.lock().handles += 1;
        Producer { source: Arc::clone(&self.source) }
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.source.change(|state, after| {
            state.handles -= 1;
            if state.handles == 0 {
                state.end(End::Finished, after);
            }
        });
    }
}

impl<T> std::fmt::Debug for Producer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer").field("depth", &self.depth()).finish_non_exhaustive()
    }
}

impl<T> std::fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}
