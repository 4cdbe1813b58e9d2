//! Who has read what today: a mark on disk for each day, post and visitor.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::backends::InMemoryBackend;
use redb::{Database, TableDefinition};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex as Turn, oneshot};
use tokio::task::{JoinError, spawn_blocking};

use crate::visitor::Visitor;

/// Days since 1970.
pub(crate) type Day = u32;

/// How many days marks are kept. One would be enough if clocks were never set back.
const KEPT: Day = 2;

/// Sixteen bytes that stand for a visitor on one day.
type Name = [u8; 16];

const MARKS: TableDefinition<'_, (Day, &str, Name), ()> = TableDefinition::new("day, post, visitor");

/// The marks. Clones are the same.
///
/// A mark takes about a hundred bytes on disk, for two days. It does not tell who the visitor was: that number is in the
/// visitor's cookie only, and too long to be guessed.
#[derive(Clone)]
pub(crate) struct Marks(Arc<Inner>);

struct Inner {
    database: Database,
    /// Marks that are not on disk, one at most for each open page. Whoever's turn it is writes them all: when a thousand read the
    /// same new post, their ten seconds are over together.
    waiting: Mutex<Vec<Mark>>,
    turn: Turn<()>,
}

struct Mark {
    day: Day,
    post: String,
    name: Name,
    answer: oneshot::Sender<Result<bool, Arc<redb::Error>>>,
}

/// Why a mark could not be set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MarkError {
    #[error("it cannot be written: {0}")]
    Database(#[from] Arc<redb::Error>),
    #[error("writing it was interrupted: {0}")]
    Interrupted(#[from] JoinError),
    #[error("whoever wrote it has crashed")]
    Crashed(#[from] oneshot::error::RecvError),
}

impl Marks {
    /// The marks of a file, which is made if it does not exist.
    pub(crate) fn open(path: &Path) -> Result<Self, redb::DatabaseError> {
        Database::create(path).map(Self::new)
    }

    /// Marks that end with this process.
    pub(crate) fn in_memory() -> Result<Self, redb::DatabaseError> {
        Database::builder().create_with_backend(InMemoryBackend::new()).map(Self::new)
    }

    fn new(database: Database) -> Self {
        Marks(Arc::new(Inner { database, waiting: Mutex::default(), turn: Turn::default() }))
    }

    /// Sets a mark. Once this returns it is on disk. No, when it was there already.
    pub(crate) async fn set(&self, day: Day, post: &str, visitor: &Visitor) -> Result<bool, MarkError> {
        let (answer, answered) = oneshot::channel();
        let name = name(day, visitor);
        self.0.waiting().push(Mark { day, post: post.to_owned(), name, answer });
        let turn = self.0.turn.lock().await;
        if !self.0.waiting().is_empty() {
            let inner = Arc::clone(&self.0);
            spawn_blocking(move || inner.write()).await?;
        }
        drop(turn);
        Ok(answered.await??)
    }
}

impl Inner {
    /// Writes all marks that wait.
    fn write(&self) {
        let marks = std::mem::take(&mut *self.waiting());
        let written = self.insert(&marks).map_err(Arc::new);
        for (at, mark) in marks.into_iter().enumerate() {
            // Whoever has left is counted nevertheless, or rather: not again.
            let _ = mark.answer.send(written.as_ref().map(|are_new| are_new[at]).map_err(Arc::clone));
        }
    }

    /// Which of them are new.
    fn insert(&self, marks: &[Mark]) -> Result<Vec<bool>, redb::Error> {
        let writing = self.database.begin_write()?;
        let mut table = writing.open_table(MARKS)?;
        let today = marks.iter().map(|mark| mark.day).max().unwrap_or_default();
        table.retain_in(..(today.saturating_sub(KEPT - 1), "", Name::default()), |_, ()| false)?;
        let mut are_new = Vec::with_capacity(marks.len());
        for Mark { day, post, name, .. } in marks {
            are_new.push(table.insert((*day, post.as_str(), *name), ())?.is_none());
        }
        drop(table);
        writing.commit()?;
        Ok(are_new)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Mark>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another one each day, so that nobody can follow a visitor from one day to the next.
fn name(day: Day, visitor: &Visitor) -> Name {
    let hash = Sha256::new().chain_update(day.to_be_bytes()).chain_update(&visitor.0).finalize();
    std::array::from_fn(|at| hash[at])
}

#[cfg(test)]
mod tests {
    use redb::{ReadableDatabase as _, ReadableTable as _};

    use super::*;

    fn visitor(name: &str) -> Visitor {
        Visitor(name.to_owned())
    }

    fn days(marks: &Marks) -> Vec<Day> {
        let table = marks.0.database.begin_read().unwrap().open_table(MARKS).unwrap();
        table.iter().unwrap().map(|entry| entry.unwrap().0.value().0).collect()
    }

    #[tokio::test]
    async fn b010_a_mark_is_set_once_for_each_day_post_and_visitor() {
        let marks = Marks::in_memory().unwrap();
        for (day, post, name, is_new) in [
            (7, "a", "ann", true),
            (7, "a", "ann", false),
            (7, "b", "ann", true),
            (7, "a", "bob", true),
            (8, "a", "ann", true),
            (7, "a", "bob", false),
        ] {
            assert_eq!(marks.set(day, post, &visitor(name)).await.unwrap(), is_new, "{day} {post} {name}");
        }
    }

    #[tokio::test]
    async fn b010_of_many_at_once_each_visitor_is_new_once() {
        let marks = Marks::in_memory().unwrap();
        let mut setting = tokio::task::JoinSet::new();
        for at in 0..1_000 {
            let marks = marks.clone();
            setting
                .spawn(async move { marks.set(7, "a", &visitor(&format!("{}", at % 250))).await.unwrap() });
        }
        let are_new = setting.join_all().await;
        assert_eq!(are_new.into_iter().filter(|is_new| *is_new).count(), 250);
        assert_eq!((days(&marks).len(), marks.0.waiting().len()), (250, 0));
    }

    #[tokio::test]
    async fn marks_of_old_days_are_removed() {
        let marks = Marks::in_memory().unwrap();
        for day in [1, 1, 2, 3, 7] {
            marks.set(day, "a", &visitor("ann")).await.unwrap();
            marks.set(day, "b", &visitor("bob")).await.unwrap();
        }
        assert_eq!(days(&marks), [7, 7]);
        marks.set(8, "a", &visitor("ann")).await.unwrap();
        assert_eq!(days(&marks), [7, 7, 8]);
    }

    #[tokio::test]
    async fn b012_marks_are_there_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marks.redb");
        assert!(Marks::open(&file).unwrap().set(7, "a", &visitor("ann")).await.unwrap());
        assert!(!Marks::open(&file).unwrap().set(7, "a", &visitor("ann")).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_can_be_followed_from_day_to_day() {
        assert_ne!(name(7, &visitor("ann")), name(8, &visitor("ann")));
        assert_ne!(name(7, &visitor("ann")), name(7, &visitor("bob")));
    }
}
