//! What keeps the counters.

use std::error::Error;
use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::pending;

/// Most counters in one [`Batch`], and most names in one [`Store::load`].
pub const MAX_BATCH: usize = 4096;

/// What keeps the counters: the embedded file, Redis, PostgreSQL, or something of your own.
///
/// A [`Tally`](crate::Tally) calls it from one task at a time, except for `load`, which any task may be waiting for. Every
/// future must end by itself, within seconds: a store that does not hear from its server says [`StoreError::Unavailable`].
/// What a store must do is checked by [`conformance::run`](crate::conformance::run).
///
/// The smallest that will do, for counters that may be forgotten:
///
/// ```
/// # use std::collections::HashMap;
/// # use std::sync::{Arc, Mutex, PoisonError};
/// # use firecrest_tally::{Batch, Store, StoreError, WriterId};
/// #[derive(Default)]
/// struct Forgetful(Mutex<(HashMap<Arc<str>, i64>, HashMap<WriterId, u64>)>);
///
/// impl Store for Forgetful {
///     async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
///         let (values, _) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         Ok(names.iter().map(|name| values.get(name.as_str()).copied().unwrap_or(0)).collect())
///     }
///
///     async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
///         let (values, numbers) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         let last = numbers.entry(batch.writer).or_default();
///         let fresh = batch.number > *last;
///         *last = batch.number.max(*last);
///         let add = |(name, delta): &(Arc<str>, i64)| {
///             let value = values.entry(name.clone()).or_default();
///             *value = if fresh { value.saturating_add(*delta) } else { *value };
///             *value
///         };
///         Ok(batch.deltas.iter().map(add).collect())
///     }
/// }
/// # let store = || async { Arc::new(Forgetful::default()) };
/// ```
pub trait Store: Send + Sync + 'static {
    /// The values of these counters, in their order; 0 for one that does not exist (B003), and that need not exist
    /// afterwards. 1 to [`MAX_BATCH`]
    /// names.
    ///
    /// It sees everything that a commit has added which ended before, through this store or another one.
    fn load(&self, names: &[String]) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Adds all deltas, or none, durably, and returns the new values in their order. A sum outside of `i64` stays at its end.
    ///
    /// A batch that may have been added already has the same [`writer`](Batch::writer) and [`number`](Batch::number), and
    /// the same deltas: it must not be added twice, and the values are returned as they are.
    fn commit(&self, batch: &Batch) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Values that others, in other processes or on other nodes, have written to counters that were loaded through this store,
    /// from the moment on when `load` was called. Called once, before the first `load`.
    ///
    /// A value must be newer than all that `load` and `commit` have returned before it is taken from the stream. Of a counter
    /// that is written a thousand times while nobody takes from the stream only the newest value counts: a store must not
    /// keep more than one for each counter. Changes that were missed, because a connection was lost, are made up for with
    /// the values as they are afterwards. Values of counters that nobody has loaded do no harm. The default is a stream that
    /// never yields, right for a store that belongs to one process.
    fn changes(&self) -> impl Stream<Item = (String, i64)> + Send + 'static {
        pending()
    }

    /// The last call. Nothing is on its way when it comes; the default does nothing.
    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(Ok(()))
    }
}

/// Shared among several who use it: all of them are the same store.
impl<S: Store> Store for Arc<S> {
    fn load(&self, names: &[String]) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send {
        S::load(self, names)
    }

    fn commit(&self, batch: &Batch) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send {
        S::commit(self, batch)
    }

    fn changes(&self) -> impl Stream<Item = (String, i64)> + Send + 'static {
        S::changes(self)
    }

    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        S::close(self)
    }
}

/// What a [`Store`] adds at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Who commits.
    pub writer: WriterId,
    /// The writer's number of this batch. Numbers rise from 1 and may leave gaps; a store that knows the highest number it
    /// has added of each writer knows what it has added.
    pub number: u64,
    /// What is added to which counter: 1 to [`MAX_BATCH`] counters, each once, none with 0. Names are text of 1 to 255
    /// bytes, without the character 0.
    pub deltas: Vec<(Arc<str>, i64)>,
}

/// One [`Tally`](crate::Tally), among all that ever write to a store: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WriterId(u128);

impl WriterId {
    /// One that nobody else has.
    pub fn random() -> Self {
        WriterId(rand::random())
    }

    /// The bits.
    pub fn to_u128(self) -> u128 {
        self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriterId({self})")
    }
}

/// Why a [`Store`] did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Worth repeating: the store is away, or it is unknown whether it has added the batch. The same batch is committed again,
    /// until it succeeds.
    #[error("the store of the counters is away: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Refused: nothing of the batch has been added by this call, and the same batch will not come again, unless it has
    /// been unknown before whether it was added.
    #[error("the store of the counters has failed: {0}")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// [`Unavailable`](Self::Unavailable), for this reason.
    pub fn unavailable(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        StoreError::Unavailable(reason.into())
    }

    /// [`Failed`](Self::Failed), for this reason.
    pub fn failed(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        StoreError::Failed(reason.into())
    }
}
