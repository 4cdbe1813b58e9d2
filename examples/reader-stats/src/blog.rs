//! What the pages need to count: the marks, and a few settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firecrest::prelude::*;
use firecrest::tally::{Tally, TallyError};

use crate::events;
use crate::marks::{Day, MarkError, Marks};
use crate::visitor::Visitor;

/// The blog: who has read what. Clones are the same.
#[derive(Clone)]
pub struct Blog {
    marks: Marks,
    dwell: Duration,
    today: Arc<dyn Fn() -> Day + Send + Sync>,
}

/// Why there is no blog.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlogError {
    /// The file cannot be used: another process has it, or the folder is not there.
    #[error("the marks of readers in {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: redb::DatabaseError,
    },
    /// There is not even memory.
    #[error("the marks of readers: {0}")]
    Memory(redb::DatabaseError),
}

/// Why a reader was not counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CountError {
    #[error("a reader's mark: {0}")]
    Mark(#[from] MarkError),
    #[error("a post's counter: {0}")]
    Tally(#[from] TallyError),
}

impl Blog {
    /// A blog that keeps in this file who has read what today. It blocks while the file is opened.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, BlogError> {
        let path = path.as_ref();
        let marks = Marks::open(path).map_err(|source| BlogError::Open { path: path.to_owned(), source })?;
        Ok(Self::with(marks))
    }

    /// A blog that forgets who has read what when the process ends.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, BlogError> {
        Marks::in_memory().map(Self::with).map_err(BlogError::Memory)
    }

    fn with(marks: Marks) -> Self {
        Blog { marks, dwell: Duration::from_secs(10), today: Arc::new(today) }
    }

    /// How long a post must be seen to be read. Default: 10 s (B005).
    #[must_use]
    pub fn dwell(self, dwell: Duration) -> Self {
        Blog { dwell, ..self }
    }

    /// What day it is, in days since 1970. Default: the day in UTC.
    #[must_use]
    pub fn calendar(self, today: impl Fn() -> u32 + Send + Sync + 'static) -> Self {
        Blog { today: Arc::new(today), ..self }
    }

    pub(crate) fn needed(&self) -> Duration {
        self.dwell
    }

    /// Counts a reader, unless it has been counted for this post today.
    ///
    /// The mark is on disk before the counter: whatever happens in between, nobody is counted twice.
    pub(crate) async fn count(
        &self,
        tally: &Tally,
        post: &str,
        visitor: &Visitor,
    ) -> Result<bool, CountError> {
        let is_new = self.marks.set((self.today)(), post, visitor).await?;
        if is_new {
            tally.counter(&counter(post)).await?.increment(1).await?;
            events::read(post);
        }
        Ok(is_new)
    }
}

/// The name of a post's counter, and of those who look at it now.
pub(crate) fn counter(post: &str) -> String {
    format!("blog/{post}")
}

/// Hands the blog to every page.
impl MountHook for Blog {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.clone());
        Ok(())
    }
}

fn today() -> Day {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs() / (24 * 60 * 60)) as Day
}

impl std::fmt::Debug for Blog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blog").field("dwell", &self.dwell).finish_non_exhaustive()
    }
}
