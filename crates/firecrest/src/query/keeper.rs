//! What keeps an answer current.

use std::fmt;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::SelectAll;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, sleep, sleep_until};

use super::QueryError;
use super::asking::Asking;
use super::live::State;
use super::question::Question;
use super::table::Table;
use crate::source::Changes;
use crate::telemetry::shown_error;

/// How long a question that failed waits, at most, until it is asked again by itself; twice as long after each further failure.
const RETRY: Duration = Duration::from_secs(1);

/// The longest such wait.
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Asks a question again and again, as long as somebody watches it. When it is dropped the question is forgotten.
pub(super) struct Keeper<A: Eq + Hash, T> {
    question: Arc<Question<A, T>>,
    asking: Asking<A, T>,
    table: Arc<Table<A, T>>,
}

impl<A, T> Keeper<A, T>
where
    A: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static,
    T: PartialEq + Send + Sync + 'static,
{
    pub(super) fn new(question: Arc<Question<A, T>>, asking: Asking<A, T>, table: Arc<Table<A, T>>) -> Self {
        Keeper { question, asking, table }
    }

    pub(super) fn spawn(self) {
        tokio::spawn(self.run());
    }

    async fn run(self) {
        let mut kept = pin!(self.keep());
        loop {
            tokio::select! {
                () = &mut kept => return,
                () = self.question.state.closed() => if self.table.remove_unwatched(&self.question) { return },
            }
        }
    }

    /// Asks, and asks again whenever the question is touched.
    async fn keep(&self) {
        let mut began = Instant::now();
        let mut sources = match self.first().await {
            Ok(sources) => sources,
            Err(error) => {
                // Before its watchers know: who tries again at once begins anew.
                self.table.remove(&self.question);
                self.question.state.send_replace(State::Failed(error));
                return;
            }
        };
        let mut failures = 0;
        loop {
            self.touched(&mut sources, failures).await;
            self.pause(began).await;
            self.untouch(&mut sources);
            began = Instant::now();
            failures = if self.ask().await { 0 } else { failures + 1 };
        }
    }

    /// Asks for the first time. Whatever changes from before that on is noticed.
    async fn first(&self) -> Result<SelectAll<Changes>, QueryError> {
        let sources = || self.asking.sources.iter().map(|changes| changes(&self.question.args)).collect();
        let sources = catch_unwind(AssertUnwindSafe(sources))
            .map_err(|panic| QueryError::panicked(self.asking.name, panic))?;
        self.question.untouch();
        let answer = self.asking.ask(A::clone(&self.question.args)).await?;
        self.question.answered(Some(answer));
        Ok(sources)
    }

    /// Waits until there is a reason to ask again.
    async fn touched(&self, sources: &mut SelectAll<Changes>, failures: u32) {
        let retry = retry(failures).map(|wait| Instant::now() + wait);
        let retry = async {
            match retry {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.question.touched() => {}
            // When there are none any more, the other reasons are left.
            Some(()) = sources.next() => {}
            () = retry => {}
        }
    }

    /// Waits until the question may be asked again.
    async fn pause(&self, began: Instant) {
        let left = self.asking.options.min_interval.saturating_sub(began.elapsed());
        if left.is_zero() {
            // Even when it is never waited for, others have their turn.
            consume_budget().await;
        } else {
            sleep(left).await;
        }
    }

    /// What has changed until now is answered by the evaluation that follows. A source that always changes has its say once.
    fn untouch(&self, sources: &mut SelectAll<Changes>) {
        self.question.untouch();
        for _ in 0..sources.len() {
            if !matches!(sources.next().now_or_never(), Some(Some(()))) {
                break;
            }
        }
    }

    /// Asks again. Returns whether there was an answer.
    async fn ask(&self) -> bool {
        let (query, question) = (self.asking.name, &self.question);
        let Some(known) = question.answer() else { return true };
        match self.asking.ask_anew(A::clone(&question.args), &known).await {
            Ok(new) => {
                if question.answered(new) {
                    tracing::info!(query, "a query that had failed is answered again");
                }
                true
            }
            Err(error) => {
                let error = shown_error(&error);
                if question.stale() {
                    tracing::warn!(
                        query,
                        error,
                        "a query has failed: its last answer is shown, and it is tried again"
                    );
                }
                tracing::debug!(query, args = ?question.args, error, "a question has failed");
                false
            }
        }
    }
}

impl<A: Eq + Hash, T> Drop for Keeper<A, T> {
    fn drop(&mut self) {
        self.table.remove(&self.question);
    }
}

/// How long to wait after so many failures in a row. Those that failed together are not asked again together.
fn retry(failures: u32) -> Option<Duration> {
    let doubled = RETRY.saturating_mul(1 << failures.checked_sub(1)?.min(8)).min(MAX_RETRY);
    Some(doubled.mul_f64(rand::random_range(0.5..=1.0)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake};

    use super::*;
    use crate::query::QueryOptions;

    /// Notes how many questions are watched when somebody is woken.
    struct Noting {
        table: Arc<Table<u32, ()>>,
        watched: AtomicUsize,
    }

    impl Wake for Noting {
        fn wake(self: Arc<Self>) {
            self.watched.store(self.table.len(), Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn a_first_error_is_told_when_the_question_is_forgotten() {
        let ask = Arc::new(|_| async { Err("not today".into()) }.boxed());
        let asking = Asking { name: "facts", ask, options: QueryOptions::default(), sources: Vec::new() };
        let table = Arc::new(Table::new("facts"));
        let (mut state, question) = table.watch(1, 1).unwrap();
        let noting = Arc::new(Noting { table: Arc::clone(&table), watched: AtomicUsize::new(usize::MAX) });
        let waker = Arc::clone(&noting).into();
        let mut waiting = Box::pin(state.changed());
        assert!(waiting.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
        Keeper::new(question.unwrap(), asking, table).run().await;
        assert_eq!(noting.watched.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn retries_become_rarer_up_to_30_s() {
        assert_eq!(retry(0), None);
        for (failures, seconds) in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (7, 30), (u32::MAX, 30)] {
            let (wait, most) = (retry(failures).unwrap(), Duration::from_secs(seconds));
            assert!(wait >= most / 2 && wait <= most, "{failures}: {wait:?}");
        }
    }
}
