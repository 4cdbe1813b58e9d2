//! The query.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use futures_util::FutureExt as _;

use super::asking::Asking;
use super::keeper::Keeper;
use super::table::Table;
use super::{Live, QueryError, QueryOptions};
use crate::source::{Changes, Source};
use crate::telemetry::meter::{Limit, reached};

/// A named, typed question and its answers, kept current on this node. Clones are the same.
///
/// `A` are its arguments: a question is the query with certain arguments. Equal arguments are the same question, so keep to those
/// in which the answers differ. `T` is the answer; when it equals the one before nobody is told.
///
/// `Hash`, `Eq` and `Clone` of the arguments are called while questions are locked: they must not call the query.
pub struct Query<A, T> {
    asking: Asking<A, T>,
    table: Arc<Table<A, T>>,
}

impl<A, T> Query<A, T>
where
    A: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    /// A query that is answered by `ask`. The name is for logs, metrics and errors.
    ///
    /// `ask` may fail, panic or take long: see [`Live::is_stale`] for what its watchers see of that. It may be dropped at any
    /// await, when nobody watches any more or its time is up. It runs in a task of its own; only what blocks the thread would be
    /// in the way of others.
    pub fn new<F, Fut, E>(name: &'static str, ask: F) -> Self
    where
        F: Fn(A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let ask = move |args| ask(args).map(|answer| answer.map_err(Into::into)).boxed();
        Query::of(Asking { name, ask: Arc::new(ask), options: QueryOptions::default(), sources: Vec::new() })
    }

    /// With other bounds. It is another query than its clones then.
    #[must_use]
    pub fn with_options(self, options: QueryOptions) -> Self {
        Query::of(Asking { options, ..self.asking })
    }

    /// Every change of a [`Source`] touches every question from now on: a counter, another query's answer. It is another query than
    /// its clones then.
    #[must_use]
    pub fn on(self, source: impl Source + Send + Sync + 'static) -> Self {
        self.add_source(move |_| source.changes())
    }

    /// Every change of the [`Source`] that belongs to a question touches it, as long as it is watched. It is another query than its
    /// clones then.
    #[must_use]
    pub fn on_each<S: Source>(self, source: impl Fn(&A) -> S + Send + Sync + 'static) -> Self {
        self.add_source(move |args| source(args).changes())
    }

    /// Asks, unless somebody watches the same question, and keeps the answer current from now on. The first answer is there when
    /// this returns (B021).
    ///
    /// The question is asked, now and later, on the runtime that this is called on.
    ///
    /// # Errors
    /// When the first evaluation fails, panics or takes too long; then it is not watched. When too many questions are watched.
    pub async fn watch(&self, args: A) -> Result<Live<T>, QueryError> {
        let (query, max) = (self.asking.name, self.asking.options.max_watched);
        let (state, new) = self.table.watch(args, max).ok_or_else(|| {
            reached(Limit::Questions);
            QueryError::TooMany { query, max }
        })?;
        if let Some(question) = new {
            Keeper::new(question, self.asking.clone(), Arc::clone(&self.table)).spawn();
        }
        Live::first(state).await.unwrap_or(Err(QueryError::Stopped { query }))
    }

    /// Asks once, watched by nobody.
    ///
    /// # Errors
    /// When the evaluation fails, panics or takes too long.
    pub async fn ask(&self, args: A) -> Result<T, QueryError> {
        self.asking.ask(args).await
    }

    /// The answer to this question may have changed, and to no other (K040). It is asked again soon, elsewhere; when nobody watches
    /// it, nothing happens.
    pub fn touch(&self, args: &A) {
        if let Some(question) = self.table.get(args) {
            question.touch();
        }
    }

    /// Any answer may have changed (K042).
    pub fn touch_all(&self) {
        self.touch_if(|_| true);
    }

    /// The answers to all questions that match may have changed (K041).
    pub fn touch_if(&self, matches: impl Fn(&A) -> bool) {
        let all = self.table.all();
        all.iter().filter(|question| matches(&question.args)).for_each(|question| question.touch());
    }

    /// Runs an action that changes the answer to this question, and [touches](Self::touch) it when the action has succeeded.
    ///
    /// ```
    /// # use firecrest::prelude::*;
    /// # struct Post { id: u64 }
    /// # async fn insert(_post: &Post, _body: &str) -> Result<u64, std::io::Error> { Ok(1) }
    /// # async fn add(comments: &Query<u64, Vec<String>>, post: &Post, body: &str) -> Result<(), std::io::Error> {
    /// let id = comments.act(&post.id, insert(post, body)).await?;
    /// # let _ = id; Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The action's.
    pub async fn act<R, E>(&self, args: &A, action: impl Future<Output = Result<R, E>>) -> Result<R, E> {
        let result = action.await;
        if result.is_ok() {
            self.touch(args);
        }
        result
    }

    /// How many questions are watched now.
    pub fn watched(&self) -> usize {
        self.table.len()
    }

    fn add_source(mut self, changes: impl Fn(&A) -> Changes + Send + Sync + 'static) -> Self {
        self.asking.sources.push(Arc::new(changes));
        Query::of(self.asking)
    }

    fn of(asking: Asking<A, T>) -> Self {
        let table = Arc::new(Table::new(asking.name));
        Query { asking, table }
    }
}

impl<A, T> Clone for Query<A, T> {
    fn clone(&self) -> Self {
        Query { asking: self.asking.clone(), table: Arc::clone(&self.table) }
    }
}

impl<A, T> fmt::Debug for Query<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("name", &self.asking.name).finish_non_exhaustive()
    }
}
