//! The messages about files.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ClientFile;
use super::file::reference;
use crate::form::MAX_JSON;

/// Most files that one message may be about: 1,000.
pub const MAX_FILES: usize = 1_000;

/// A message about files that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// It is no JSON, or its fields are others.
    #[error("no message about files: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is larger than [`MAX_JSON`].
    #[error("a message about files is larger than {MAX_JSON} bytes")]
    TooLarge,
    /// It is about more than [`MAX_FILES`] files.
    #[error("a message is about more than {MAX_FILES} files")]
    TooMany,
    /// A reference is none.
    #[error("a file's reference is empty, too long, or has separators in it")]
    Reference,
    /// Something of a file is too long.
    #[error("a file's {what} is longer than {most} bytes")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// The bound, in bytes.
        most: usize,
    },
}

/// The files that are chosen in a form, by the ref of their upload: the `uploads` of a form's event.
///
/// # Errors
/// When they are no files, or too many.
pub fn chosen(uploads: &Map<String, Value>) -> Result<Vec<(String, Vec<ClientFile>)>, FilesError> {
    let total: usize = uploads.values().filter_map(Value::as_array).map(Vec::len).sum();
    if total > MAX_FILES {
        return Err(FilesError::TooMany);
    }
    let mut chosen = Vec::new();
    for (upload, entries) in uploads {
        reference(upload)?;
        chosen.push((upload.clone(), files(entries.clone())?));
    }
    Ok(chosen)
}

fn files(entries: Value) -> Result<Vec<ClientFile>, FilesError> {
    let entries: Vec<Value> = serde_json::from_value(entries)?;
    if entries.len() > MAX_FILES {
        return Err(FilesError::TooMany);
    }
    entries.into_iter().map(ClientFile::read).collect()
}

/// An `allow_upload` message: the client wants to send files.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Preflight {
    /// Which upload.
    pub upload: String,
    /// The component that the form is for, if it is for one.
    pub cid: Option<u64>,
    /// The files.
    pub files: Vec<ClientFile>,
}

impl Preflight {
    /// # Errors
    /// When it is no such message, or exceeds a bound.
    pub fn parse(json: &str) -> Result<Self, FilesError> {
        #[derive(Deserialize)]
        struct Message {
            #[serde(rename = "ref")]
            upload: String,
            entries: Value,
            cid: Option<u64>,
        }
        let Message { upload, entries, cid } = read(json)?;
        reference(&upload)?;
        Ok(Preflight { upload, cid, files: files(entries)? })
    }
}

/// A `progress` message: how far a file is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProgressSaid {
    /// Which upload. None when the client does not know any more: once it has given up one file of an input, until the input is
    /// patched.
    pub upload: Option<String>,
    /// Which file.
    pub file: String,
    /// The component that the form is for, if it is for one.
    pub cid: Option<u64>,
    /// How far.
    pub progress: Said,
}

/// How far a file is, as the client says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// In percent, at most 100.
    Percent(u8),
    /// It has failed.
    Failed,
}

impl ProgressSaid {
    /// # Errors
    /// When it is no such message, or exceeds a bound.
    pub fn parse(json: &str) -> Result<Self, FilesError> {
        #[derive(Deserialize)]
        struct Message {
            #[serde(rename = "ref")]
            upload: Option<String>,
            entry_ref: String,
            cid: Option<u64>,
            progress: Progress,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Progress {
            Percent(f64),
            Failed(Failure),
        }
        #[derive(Deserialize)]
        struct Failure {
            #[serde(rename = "error")]
            _error: serde::de::IgnoredAny,
        }
        let Message { upload, entry_ref: file, cid, progress } = read(json)?;
        upload.as_deref().map_or(Ok(()), reference)?;
        reference(&file)?;
        let progress = match progress {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is within 0 and 100"
            )]
            Progress::Percent(percent) => Said::Percent(percent.clamp(0.0, 100.0) as u8),
            Progress::Failed(_) => Said::Failed,
        };
        Ok(ProgressSaid { upload, file, cid, progress })
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, FilesError> {
    if json.len() > MAX_JSON {
        return Err(FilesError::TooLarge);
    }
    Ok(serde_json::from_str(json)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(reference: &str) -> Value {
        json!({
            "path": "avatar", "ref": reference, "last_modified": 1_700_000_000_000_u64, "name": "a.txt",
            "relative_path": "", "type": "text/plain", "size": 18,
        })
    }

    /// The examples of spec §5.5.
    #[test]
    fn f150_the_messages_of_the_client_are_read() {
        let uploads = json!({ "phx-UP": [file("0"), file("1")] });
        let chosen = chosen(uploads.as_object().unwrap()).unwrap();
        let [(upload, files)] = &chosen[..] else { panic!("one upload: {chosen:?}") };
        assert_eq!((&**upload, files.len(), &*files[1].reference), ("phx-UP", 2, "1"));
        assert_eq!((files[0].size, files[0].last_modified), (18, Some(1_700_000_000_000)));

        let preflight = json!({ "ref": "phx-UP", "entries": [file("0")], "cid": 1 }).to_string();
        let preflight = Preflight::parse(&preflight).unwrap();
        assert_eq!((&*preflight.upload, preflight.cid, preflight.files.len()), ("phx-UP", Some(1), 1));
    }

    #[test]
    fn f154_progress_is_a_percentage_or_a_failure() {
        for (said, read) in [
            (json!(44), Said::Percent(44)),
            (json!(99.9), Said::Percent(99)),
            (json!(-3), Said::Percent(0)),
            (json!(1e300), Said::Percent(100)),
            (json!({ "error": "network" }), Said::Failed),
        ] {
            let json =
                json!({ "event": null, "ref": "phx-UP", "entry_ref": "0", "progress": said }).to_string();
            assert_eq!(ProgressSaid::parse(&json).unwrap().progress, read, "{said}");
        }
        let lost = json!({ "ref": null, "entry_ref": "0", "progress": 1 }).to_string();
        assert_eq!(ProgressSaid::parse(&lost).unwrap().upload, None);
        for wrong in [json!("44"), json!(null), json!({ "x": 1 })] {
            let json = json!({ "ref": "phx-UP", "entry_ref": "0", "progress": wrong }).to_string();
            assert!(ProgressSaid::parse(&json).is_err(), "{wrong}");
        }
    }

    #[test]
    fn f150_a_message_is_about_so_many_files_only() {
        let uploads = json!({ "a": vec![file("0"); MAX_FILES], "b": [file("1")] });
        assert!(matches!(chosen(uploads.as_object().unwrap()), Err(FilesError::TooMany)));
        let long = format!(r#"{{"ref":"a","entries":[],"x":"{}"}}"#, "x".repeat(MAX_JSON));
        assert!(matches!(Preflight::parse(&long), Err(FilesError::TooLarge)));
    }
}
