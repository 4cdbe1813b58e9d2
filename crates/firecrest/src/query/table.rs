//! The questions of a query that are watched.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::live::State;
use super::question::Question;

/// The questions that are watched, by their arguments. Who is told to be first to watch has to keep the answer current.
pub(super) struct Table<A, T> {
    /// The query's name.
    query: &'static str,
    questions: RwLock<Questions<A, T>>,
}

type Questions<A, T> = HashMap<Arc<A>, Arc<Question<A, T>>>;

/// Somebody's view of a question, and the question itself for the first who watches it.
type Watched<A, T> = (watch::Receiver<State<T>>, Option<Arc<Question<A, T>>>);

impl<A, T> Table<A, T> {
    pub(super) fn new(query: &'static str) -> Self {
        Table { query, questions: RwLock::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.read().len()
    }

    /// All questions that are watched now.
    pub(super) fn all(&self) -> Vec<Arc<Question<A, T>>> {
        self.read().values().map(Arc::clone).collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Questions<A, T>> {
        self.questions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Questions<A, T>> {
        self.questions.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Eq + Hash, T> Table<A, T> {
    pub(super) fn get(&self, args: &A) -> Option<Arc<Question<A, T>>> {
        self.read().get(args).map(Arc::clone)
    }

    /// Watches a question; nothing when it would be one too many.
    pub(super) fn watch(&self, args: A, max: usize) -> Option<Watched<A, T>> {
        // Subscribed under the lock, so that nobody ends the question meanwhile.
        if let Some(known) = self.read().get(&args) {
            return Some((known.state.subscribe(), None));
        }
        let mut questions = self.write();
        if let Some(known) = questions.get(&args) {
            return Some((known.state.subscribe(), None));
        }
        if questions.len() >= max {
            return None;
        }
        let args = Arc::new(args);
        let question = Arc::new(Question::new(Arc::clone(&args)));
        let state = question.state.subscribe();
        questions.insert(args, Arc::clone(&question));
        drop(questions);
        metrics::gauge!("firecrest_queries_watched", "query" => self.query).increment(1);
        Some((state, Some(question)))
    }

    /// Forgets a question that nobody watches. Returns whether it did.
    pub(super) fn remove_unwatched(&self, question: &Arc<Question<A, T>>) -> bool {
        self.remove_if(question, || question.state.is_closed())
    }

    /// Forgets a question, if it is here still.
    pub(super) fn remove(&self, question: &Arc<Question<A, T>>) {
        self.remove_if(question, || true);
    }

    fn remove_if(&self, question: &Arc<Question<A, T>>, certain: impl FnOnce() -> bool) -> bool {
        let mut questions = self.write();
        let is_here = questions.get(&question.args).is_some_and(|known| Arc::ptr_eq(known, question));
        if !is_here || !certain() {
            return false;
        }
        let removed = questions.remove(&question.args);
        drop(questions);
        // What the application's own types do when they are dropped is not done under the lock.
        drop(removed);
        metrics::gauge!("firecrest_queries_watched", "query" => self.query).decrement(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_forgotten_when_nobody_watches_it() {
        let table: Table<u32, ()> = Table::new("facts");
        let (first, question) = table.watch(1, 1).unwrap();
        let question = question.unwrap();
        drop(first);
        let (late, none) = table.watch(1, 1).unwrap();
        assert!(none.is_none());
        assert!(!table.remove_unwatched(&question));
        drop(late);
        assert!(table.remove_unwatched(&question));
        assert!(!table.remove_unwatched(&question));
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn a_question_that_ends_late_does_not_take_its_successor_along() {
        let table: Table<u32, ()> = Table::new("facts");
        let (_first, question) = table.watch(1, 1).unwrap();
        let question = question.unwrap();
        table.remove(&question);
        let _second = table.watch(1, 1).unwrap();
        table.remove(&question);
        assert!(table.get(&1).is_some());
    }
}
