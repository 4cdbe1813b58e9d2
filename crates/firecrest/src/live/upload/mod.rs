//! Files that a visitor sends to a view (spec §5.5, F039–F041, F150–F160).
//!
//! | file | what |
//! | --- | --- |
//! | `handle` | [`Upload`]: what a view keeps |
//! | `options` | [`UploadOptions`]: what is allowed, and where it goes |
//! | `entry`, `error` | [`UploadEntry`], [`UploadError`]: a file, and what is wrong with it |
//! | `writer`, `file` | [`UploadWriter`], [`TempUpload`]: where the bytes go |
//! | `markup` | the input |
//! | `state` | the files of an upload, without tasks and sockets |
//! | `turn` | the messages of the client to the view |
//! | `channel` | the channel that brings one file |
//! | `inner`, `desk` | what the view and these channels share |

mod accept;
mod channel;
mod desk;
mod entry;
mod error;
mod file;
mod handle;
mod inner;
mod markup;
mod options;
mod state;
mod turn;
mod writer;

pub use entry::UploadEntry;
pub use error::{AllowError, ConsumeError, MAX_UPLOADS, UploadError};
pub use file::TempUpload;
pub use handle::{Consumed, Upload};
pub use options::UploadOptions;
pub use writer::{Fault, UploadEnd, UploadWriter};

pub(super) use channel::{MAX_UNDERWAY, UploadChannel};
pub(super) use desk::Desk;
pub(super) use turn::{Uploads, withdraw};
