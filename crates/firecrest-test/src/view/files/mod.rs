//! Files that a visitor sends (T50–T52).

mod handle;
mod sending;
mod test_file;

pub use handle::TestFiles;
pub use test_file::TestFile;

pub(super) use sending::Chosen;
