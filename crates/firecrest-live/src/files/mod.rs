//! What a client says of files to upload (spec §5.5): pure reading, within bounds.
//!
//! Nothing here is checked against what a view allows, and nothing of it is more than the client's claim.

mod file;
mod messages;

pub use file::{ClientFile, MAX_META, MAX_NAME, MAX_REFERENCE, MAX_TYPE};
pub use messages::{FilesError, MAX_FILES, Preflight, ProgressSaid, Said, chosen};
