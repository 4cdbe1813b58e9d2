//! What is wrong with a file.

use std::path::{Path, PathBuf};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the dashboard's file {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is read, and says something that it must not. Where a key is unknown, the message names those that there are.
    #[error("{}line {line}: {message}", path.as_deref().map(at).unwrap_or_default())]
    Invalid {
        /// The file; none when the text came from elsewhere.
        path: Option<PathBuf>,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
}

fn at(path: &Path) -> String {
    format!("{}, ", path.display())
}

impl ConfigError {
    /// An error at a place of the text.
    pub(super) fn new(text: &str, at: usize, message: impl Into<String>) -> Self {
        let before = text.get(..at).unwrap_or(text);
        ConfigError::Invalid { path: None, line: before.matches('\n').count() + 1, message: message.into() }
    }

    /// An error of the parser.
    pub(super) fn parse(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        Self::new(text, at, error.message().trim())
    }

    /// The same, of a file.
    pub(super) fn of(self, file: &Path) -> Self {
        match self {
            ConfigError::Invalid { line, message, .. } => {
                ConfigError::Invalid { path: Some(file.to_owned()), line, message }
            }
            other => other,
        }
    }
}
