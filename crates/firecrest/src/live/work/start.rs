//! Beginning work in the background (F080, F081).

use std::borrow::Cow;
use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

use super::task::Came;
use super::{Async, LoadError};
use crate::live::View;
use crate::live::page::Reach;
use crate::telemetry::Panic;

impl<I: Send + 'static> View<'_, I> {
    /// Does something in the background, in a task of its own: what it returns arrives in `handle_info`, and its panic in
    /// [`handle_crash`](super::super::LiveView::handle_crash) (F080).
    ///
    /// Started again under the same name it replaces what runs: that is ended where it waits, and what has come of it is dropped even if
    /// it is on its way. The work ends with the view. While there is no socket yet, as in `mount`, it waits for one and begins then: a
    /// page that no client joins has not asked anybody. More than [`MAX_WORK`](super::super::MAX_WORK) works at once crash the view.
    pub fn start(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        work: impl Future<Output = I> + Send + 'static,
    ) {
        self.reach.start(0, name.into(), work);
    }

    /// Ends a work that was [started](Self::start). Returns whether there was one, or what has come of it was still on its way: it
    /// does not arrive.
    pub fn cancel_work(&mut self, name: &str) -> bool {
        self.reach.stop(0, name)
    }

    /// Loads a value in the background, in a task of its own (F081). It belongs into the view's state, and the view is rendered when it is
    /// there. Put in place of another value, it replaces that and ends the work for it; what there was before is not shown any more.
    ///
    /// As all work it ends with the view, waits for a socket, and counts among [`MAX_WORK`](super::super::MAX_WORK).
    #[must_use = "the work ends when the value is dropped"]
    pub fn load<T, E>(&mut self, work: impl Future<Output = Result<T, E>> + Send + 'static) -> Async<T>
    where
        T: Send + Sync + 'static,
        E: fmt::Display,
    {
        self.reach.load(0, None, work)
    }

    /// As [`load`](Self::load), and what there was before is kept until the new value is there.
    pub fn reload<T, E>(
        &mut self,
        value: &mut Async<T>,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) where
        T: Send + Sync + 'static,
        E: fmt::Display,
    {
        *value = self.reach.load(0, value.take_value(), work);
    }
}

impl Reach<'_> {
    pub(in crate::live) fn start<I: Send + 'static>(
        &mut self,
        owner: u32,
        name: Cow<'static, str>,
        work: impl Future<Output = I> + Send + 'static,
    ) {
        let working = async move {
            match AssertUnwindSafe(work).catch_unwind().await {
                Ok(info) => Came::Info(Box::new(info)),
                Err(panic) => Came::Crash(Panic::new(panic)),
            }
        };
        self.begin(owner, Some(name), working.boxed());
    }

    pub(in crate::live) fn load<T, E>(
        &mut self,
        owner: u32,
        previous: Option<T>,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Async<T>
    where
        T: Send + Sync + 'static,
        E: fmt::Display,
    {
        let (value, place) = Async::begin(previous);
        let working = async move {
            let work =
                AssertUnwindSafe(async { work.await.map_err(|error| LoadError::Failed(error.to_string())) });
            let Some(loaded) = place.ended.run_until_cancelled(work.catch_unwind()).await else {
                return Came::Nothing;
            };
            let (loaded, panic) = match loaded {
                Ok(loaded) => (loaded, None),
                Err(panic) => (Err(LoadError::Crashed), Some(Panic::new(panic))),
            };
            Came::Value(Box::new(move || place.put(loaded)), panic)
        };
        self.begin(owner, None, working.boxed());
        value
    }
}
