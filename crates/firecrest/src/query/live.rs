//! The answer that stays current.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::QueryError;
use crate::source::{Changes, Source};

/// The current answer to a question. Clones are of the same question; when the last is dropped, it is not asked any more.
///
/// It is a [`Source`] that changes when the answer does, or whether it [is stale](Self::is_stale); an answer that equals the one
/// before is no change.
pub struct Live<T>(watch::Receiver<State<T>>);

/// What is known of a question.
pub(super) enum State<T> {
    /// It was not answered yet.
    Asked,
    Answered {
        answer: Arc<T>,
        is_stale: bool,
    },
    /// It could not be answered when it was first asked, and is not asked again.
    Failed(QueryError),
}

impl<T> Live<T> {
    /// Waits for the first answer. Nothing when nobody asks any more.
    pub(super) async fn first(mut state: watch::Receiver<State<T>>) -> Option<Result<Self, QueryError>> {
        let first = match &*state.wait_for(|state| !matches!(state, State::Asked)).await.ok()? {
            State::Failed(error) => Err(error.clone()),
            State::Asked | State::Answered { .. } => Ok(()),
        };
        Some(first.map(|()| Live(state)))
    }

    /// The newest answer. It is at hand: nothing is asked.
    pub fn get(&self) -> Arc<T> {
        self.answer().0
    }

    /// Whether the last evaluation failed, panicked or took too long, so that the answer is the one before. It is tried again.
    pub fn is_stale(&self) -> bool {
        self.answer().1
    }

    /// Waits until the answer is another one, or has become stale or current, since this was last waited for. What changed
    /// before is noticed at once, many changes as one. It may be dropped without missing anything.
    ///
    /// Once nobody keeps the answer current any more, because the runtime that did has shut down, it waits forever.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn answer(&self) -> (Arc<T>, bool) {
        match &*self.0.borrow() {
            State::Answered { answer, is_stale } => (Arc::clone(answer), *is_stale),
            State::Asked | State::Failed(_) => {
                unreachable!("who has it has waited for an answer, which stays")
            }
        }
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Live(self.0.clone())
    }
}

impl<T: Send + Sync + 'static> Source for Live<T> {
    fn changes(&self) -> Changes {
        self.0.changes()
    }
}

impl<T: fmt::Debug> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (answer, is_stale) = self.answer();
        f.debug_struct("Live").field("answer", &answer).field("is_stale", &is_stale).finish()
    }
}
