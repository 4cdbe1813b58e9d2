//! A file of a test.

use bytes::Bytes;
use serde_json::{Value, json};

/// A file that a visitor chooses, without there being one (T50).
#[derive(Clone, Debug)]
pub struct TestFile {
    pub(super) name: String,
    pub(super) content: Bytes,
    content_type: String,
    relative_path: String,
    last_modified: i64,
    meta: Option<Value>,
}

impl TestFile {
    /// A file with this name and content, of the type `text/plain`.
    pub fn new(name: &str, content: impl Into<Bytes>) -> Self {
        TestFile {
            name: name.to_owned(),
            content: content.into(),
            content_type: "text/plain".to_owned(),
            relative_path: String::new(),
            last_modified: 1_700_000_000_000,
            meta: None,
        }
    }

    /// Its MIME type.
    #[must_use]
    pub fn content_type(self, content_type: &str) -> Self {
        TestFile { content_type: content_type.to_owned(), ..self }
    }

    /// Its path in the folder that was chosen.
    #[must_use]
    pub fn relative_path(self, path: &str) -> Self {
        TestFile { relative_path: path.to_owned(), ..self }
    }

    /// When it was changed last, in milliseconds since 1970. Default: some time in 2023.
    #[must_use]
    pub fn last_modified(self, milliseconds: i64) -> Self {
        TestFile { last_modified: milliseconds, ..self }
    }

    /// What a script of the page has added.
    #[must_use]
    pub fn meta(self, meta: Value) -> Self {
        TestFile { meta: Some(meta), ..self }
    }

    /// As messages describe it.
    pub(super) fn described(&self, reference: &str) -> Value {
        let mut described = json!({
            "ref": reference,
            "name": self.name,
            "relative_path": self.relative_path,
            "type": self.content_type,
            "size": self.content.len(),
            "last_modified": self.last_modified,
        });
        if let Some(meta) = &self.meta {
            described["meta"] = meta.clone();
        }
        described
    }
}
