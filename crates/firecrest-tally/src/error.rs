//! What can go wrong.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::StoreError;

/// Why a counter could not be had, or was not added to.
///
/// An increment that was answered with one of these is not counted, with one exception: when it is [`Store`](Self::Store) with
/// [`StoreError::Unavailable`], or with an error that says that what is on the disk is unknown, it may be.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TallyError {
    /// The name of the counter does not have 1 to 255 bytes, or has the character 0, which PostgreSQL does not take. How many
    /// bytes it has.
    #[error("a counter's name has 1 to 255 bytes, none of them 0; this one has {0}")]
    Name(usize),
    /// There are as many counters as [`max_counters`](crate::TallyOptions::max_counters) allows.
    #[error("there are {0} counters already, the most that are allowed")]
    TooManyCounters(usize),
    /// The sum would be outside of `i64`.
    #[error("the counter would be outside of 64 bits")]
    Overflow,
    /// The store could not do it. [`Tally::health`](crate::Tally::health) tells whether it still cannot.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The tally has been closed, or the runtime that wrote for it has ended.
    #[error("the counters have been closed")]
    Closed,
}

/// Why an embedded store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open, or this one has, a second time.
    #[error("the counters in {} are in use by another process", .0.display())]
    InUse(PathBuf),
    /// The file, or a new one beside it, may not be written by this user.
    #[error("the counters in {} may not be written by this user: {error}", .path.display())]
    Permission {
        /// The file of the counters.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The file system is mounted for reading only.
    #[error("the counters in {} are on a file system that is read-only", .0.display())]
    ReadOnly(PathBuf),
    /// The disk or a quota is full. The file needs a megabyte to begin with.
    #[error("there is no space for the counters in {}: {error}", .path.display())]
    NoSpace {
        /// The file of the counters.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The file is not whole. It has been renamed, and can be looked into; opening again begins with a new file, where every
    /// counter is 0.
    #[error("the counters in {} are corrupted ({reason}): the file has been renamed to {}", .path.display(), .set_aside.display())]
    Corrupted {
        /// The file of the counters, which is not there any more.
        path: PathBuf,
        /// Where it is now.
        set_aside: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is a redb database, but not one of counters. It is left as it is.
    #[error("{} is a database of something else than counters", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a newer version of this crate. It is left as it is.
    #[error("the counters in {} have format {format}, this version knows {known}", .path.display())]
    Format {
        /// The file of the counters.
        path: PathBuf,
        /// The format that it has.
        format: u64,
        /// The newest format that can be read.
        known: u64,
    },
    /// Anything else the system says, such as that the folder does not exist. Folders are not created: a path with a
    /// typing error would make counters that the next start does not find.
    #[error("cannot open the counters in {}: {error}", .path.display())]
    Io {
        /// The file of the counters.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}
