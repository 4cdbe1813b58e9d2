//! A file as the client describes it.

use serde::Deserialize;
use serde_json::Value;

use super::FilesError;

/// Most bytes of a reference: 32.
pub const MAX_REFERENCE: usize = 32;

/// Most bytes of a file's name, and of its path in a chosen folder: 4,096.
pub const MAX_NAME: usize = 4_096;

/// Most bytes of a file's type: 255.
pub const MAX_TYPE: usize = 255;

/// Most bytes of JSON that a script may add to a file: 4,096.
pub const MAX_META: usize = 4_096;

/// A file that was chosen in a page. Everything in it is the client's claim.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClientFile {
    /// The client's number for it, unique in the page: letters, digits, `-` and `_`.
    pub reference: String,
    /// Its name, without folders and control characters; of what a script of the page has made, and that has no name, the reference.
    pub name: String,
    /// Its path in the folder that was chosen; empty when files were.
    pub relative_path: String,
    /// Its MIME type; empty when the browser does not know.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// In milliseconds since 1970.
    pub last_modified: Option<i64>,
    /// What a script of the page has added, as JSON: a tree would take many times the memory.
    pub meta: Option<String>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    relative_path: Option<String>,
    #[serde(default, rename = "type")]
    content_type: Option<String>,
    size: u64,
    #[serde(default)]
    last_modified: Option<f64>,
    #[serde(default)]
    meta: Option<Value>,
}

impl ClientFile {
    /// # Errors
    /// When it is no file, or something of it is too long.
    pub(super) fn read(value: Value) -> Result<Self, FilesError> {
        let file: Described = serde_json::from_value(value)?;
        reference(&file.reference)?;
        let (path, content_type) =
            (file.relative_path.unwrap_or_default(), file.content_type.unwrap_or_default());
        let name = file.name.unwrap_or_else(|| file.reference.clone());
        let meta = file.meta.map(|meta| meta.to_string());
        for (what, length, most) in [
            ("name", name.len(), MAX_NAME),
            ("path", path.len(), MAX_NAME),
            ("type", content_type.len(), MAX_TYPE),
            ("meta", meta.as_ref().map_or(0, String::len), MAX_META),
        ] {
            if length > most {
                return Err(FilesError::TooLong { what, most });
            }
        }
        Ok(ClientFile {
            reference: file.reference,
            name: base_name(&name),
            relative_path: path,
            content_type,
            size: file.size,
            // Whole milliseconds are exact for longer than there are calendars; the cast keeps to the range.
            #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
            last_modified: file.last_modified.map(|time| time as i64),
            meta,
        })
    }
}

/// A reference ends up in lists and topics: it has no separators in it.
pub(super) fn reference(text: &str) -> Result<(), FilesError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > MAX_REFERENCE || !text.chars().all(is_plain) {
        return Err(FilesError::Reference);
    }
    Ok(())
}

/// A name never leads into a folder, whoever has sent it.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    if matches!(&*name, "." | "..") { String::new() } else { name }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: &str) -> Result<String, FilesError> {
        ClientFile::read(json!({ "ref": "0", "name": name, "size": 1 })).map(|file| file.name)
    }

    #[test]
    fn f150_a_name_never_leads_into_a_folder() {
        for (sent, kept) in [
            ("a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.png", "x.png"),
            ("..", ""),
            ("/", ""),
            ("a\0b\n.txt", "ab.txt"),
        ] {
            assert_eq!(named(sent).unwrap(), kept, "{sent:?}");
        }
    }

    /// A blob, which a hook's `upload` may send, has no name: the client leaves it out.
    #[test]
    fn f150_what_has_no_name_is_called_by_its_reference() {
        let file = ClientFile::read(json!({ "ref": "7", "size": 1, "type": "text/plain" })).unwrap();
        assert_eq!((&*file.name, &*file.relative_path, file.last_modified), ("7", "", None));
    }

    #[test]
    fn f150_what_is_too_long_is_refused() {
        assert!(named(&"x".repeat(MAX_NAME)).is_ok());
        assert!(matches!(named(&"x".repeat(MAX_NAME + 1)), Err(FilesError::TooLong { what: "name", .. })));
        let meta = json!({ "ref": "0", "name": "a", "size": 1, "meta": { "x": "y".repeat(MAX_META) } });
        assert!(matches!(ClientFile::read(meta), Err(FilesError::TooLong { what: "meta", .. })));
    }

    #[test]
    fn f150_a_reference_has_no_separators() {
        for reference in ["", "a,b", "a b", "\"", &"1".repeat(MAX_REFERENCE + 1)] {
            let file = json!({ "ref": reference, "name": "a", "size": 1 });
            assert!(matches!(ClientFile::read(file), Err(FilesError::Reference)), "{reference:?}");
        }
    }
}
