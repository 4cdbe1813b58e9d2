//! How a question is asked.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout};

use super::{QueryError, QueryOptions};
use crate::source::Changes;

/// What an application answers.
type Answered<T> = Result<T, Box<dyn Error + Send + Sync>>;

type Ask<A, T> = dyn Fn(A) -> BoxFuture<'static, Answered<T>> + Send + Sync;

/// What a question's answer depends on.
type SourceOf<A> = dyn Fn(&A) -> Changes + Send + Sync;

/// What a query knows; cheap to clone.
pub(super) struct Asking<A, T> {
    pub(super) name: &'static str,
    pub(super) ask: Arc<Ask<A, T>>,
    pub(super) options: QueryOptions,
    /// What touches a question by itself.
    pub(super) sources: Vec<Arc<SourceOf<A>>>,
}

impl<A, T> Asking<A, T> {
    /// One evaluation.
    pub(super) async fn ask(&self, args: A) -> Result<T, QueryError> {
        self.evaluate(async { (self.ask)(args).await }).await
    }

    /// One evaluation, and whether its answer differs from the one that there is: nothing when it does not.
    pub(super) async fn ask_anew(&self, args: A, known: &T) -> Result<Option<T>, QueryError>
    where
        T: PartialEq,
    {
        let changed = async {
            let answer = (self.ask)(args).await?;
            Ok((answer != *known).then_some(answer))
        };
        self.evaluate(changed).await
    }

    /// Runs code of the application: bounded in time, measured, and it may panic.
    async fn evaluate<R>(&self, answer: impl Future<Output = Answered<R>>) -> Result<R, QueryError> {
        let (query, limit) = (self.name, self.options.timeout);
        let began = Instant::now();
        let (result, answered) = match timeout(limit, AssertUnwindSafe(answer).catch_unwind()).await {
            Ok(Ok(Ok(answer))) => ("ok", Ok(answer)),
            Ok(Ok(Err(error))) => ("error", Err(QueryError::Failed { query, error: error.into() })),
            Ok(Err(panic)) => ("panic", Err(QueryError::panicked(query, panic))),
            Err(_) => ("timeout", Err(QueryError::TimedOut { query, timeout: limit })),
        };
        metrics::counter!("firecrest_query_evaluations_total", "query" => query, "result" => result)
            .increment(1);
        metrics::histogram!("firecrest_query_seconds", "query" => query).record(began.elapsed());
        answered
    }
}

impl<A, T> Clone for Asking<A, T> {
    fn clone(&self) -> Self {
        Asking {
            name: self.name,
            ask: Arc::clone(&self.ask),
            options: self.options,
            sources: self.sources.clone(),
        }
    }
}
