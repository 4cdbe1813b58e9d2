//! A file of an upload, as templates and callbacks see it.

use std::sync::Arc;

use firecrest_live::files::ClientFile;
use firecrest_live::{Html, html};
use serde_json::Value;

use super::UploadError;

/// A file that was chosen, as it was when it was asked for. Name, type and size are what the client says.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadEntry {
    pub(super) upload: Arc<str>,
    pub(super) file: Arc<ClientFile>,
    pub(super) progress: u8,
    pub(super) errors: Vec<UploadError>,
    pub(super) is_preflighted: bool,
    pub(super) is_done: bool,
}

impl UploadEntry {
    /// By which the page and [`Upload::cancel`](super::Upload::cancel) know it. It is the client's number for the file, and the same in the
    /// pages of others: no name to keep it by.
    pub fn reference(&self) -> &str {
        &self.file.reference
    }

    /// The file's name, without folders and control characters. Show it; never make a path of it.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The file's path in a folder that was chosen; empty when it was a file. The client may say anything.
    pub fn relative_path(&self) -> &str {
        &self.file.relative_path
    }

    /// The MIME type that the browser takes the file for; empty when it does not know.
    pub fn content_type(&self) -> &str {
        &self.file.content_type
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        self.file.size
    }

    /// When the file was changed last, in milliseconds since 1970.
    pub fn last_modified(&self) -> Option<i64> {
        self.file.last_modified
    }

    /// What a script of the page has added.
    pub fn meta(&self) -> Option<Value> {
        serde_json::from_str(self.file.meta.as_deref()?).ok()
    }

    /// How much of it has arrived, in percent.
    pub fn progress(&self) -> u8 {
        self.progress
    }

    /// What is wrong with it (F041).
    pub fn errors(&self) -> &[UploadError] {
        &self.errors
    }

    /// Whether nothing is wrong with it.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether the page was told to send it.
    pub fn is_preflighted(&self) -> bool {
        self.is_preflighted
    }

    /// Whether all of it has arrived, and the page knows: it can be consumed.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// The image itself, as the page can show it before it is sent (F040).
    pub fn preview(&self) -> Html {
        let id = format!("phx-preview-{}", self.file.reference);
        let (upload, entry) = (&*self.upload, &*self.file.reference);
        html! {
            <img id={id} alt={self.name()} data-phx-upload-ref={upload} data-phx-entry-ref={entry}
                data-phx-hook="Phoenix.LiveImgPreview" data-phx-update="ignore">
        }
    }
}
