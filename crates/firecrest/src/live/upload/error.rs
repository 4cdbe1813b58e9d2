//! What is wrong with a file, or with how many there are.

use std::fmt;

use serde_json::Value;

use super::Fault;

/// Why files are not uploaded (F041). As text it is what a visitor can read; to say it in another way, or language, match it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// More files are chosen than may be: an error of the upload, not of a file.
    #[error("too many files")]
    TooManyFiles,
    /// The file is larger than allowed.
    #[error("the file is too large")]
    TooLarge,
    /// Files of this type are not accepted.
    #[error("files of this type are not accepted")]
    NotAccepted,
    /// What the validator of the upload has said.
    #[error("{0}")]
    Invalid(String),
    /// The page's script could not send the file to where it should go.
    #[error("the file could not be sent")]
    ExternalClientFailure,
    /// The writer has failed; it says why. Visitors are not told.
    #[error("the file could not be stored")]
    WriterFailure(String),
    /// The application has refused to say where the file should go.
    #[error("the file cannot be taken")]
    ExternalMetadata(Value),
}

impl UploadError {
    /// As the client is told.
    pub(super) fn code(&self) -> &'static str {
        match self {
            UploadError::TooManyFiles => "too_many_files",
            UploadError::TooLarge => "too_large",
            UploadError::NotAccepted => "not_accepted",
            UploadError::Invalid(_) => "invalid",
            UploadError::ExternalClientFailure => "external_client_failure",
            UploadError::WriterFailure(_) => "writer_failure",
            UploadError::ExternalMetadata(_) => "external_metadata_failure",
        }
    }
}

/// Why a view cannot allow an upload, or take the permission back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowError {
    /// Files are chosen for the upload of this name: a page would show them no more.
    #[error(
        "files are chosen for the upload {0:?}: it cannot be allowed anew, nor taken back, until they are gone"
    )]
    InUse(String),
    /// The view has [`MAX_UPLOADS`] uploads.
    #[error("a view has {MAX_UPLOADS} uploads at most")]
    TooMany,
}

/// Most uploads that a view and its components may have at once: 100.
pub const MAX_UPLOADS: usize = 100;

/// Why not all files were [taken](super::Upload::consume). It displays itself as the callback's error.
#[non_exhaustive]
pub struct ConsumeError<T> {
    /// What was made of the files before, which are taken.
    pub taken: Vec<T>,
    /// What was wrong with the next one.
    pub error: Fault,
}

impl<T> fmt::Display for ConsumeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<T> fmt::Debug for ConsumeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumeError").field("taken", &self.taken.len()).field("error", &self.error).finish()
    }
}

impl<T> std::error::Error for ConsumeError<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
