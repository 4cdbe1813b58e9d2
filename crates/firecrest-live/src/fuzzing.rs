//! What the fuzz targets check: one function per target, which panics when something does not hold.
//!
//! They are ordinary functions so that `tests/corpus.rs` can replay every saved input without a fuzzer. Not part of the
//! public interface.

use serde_json::{Map, Value};

use crate::files::{self, ClientFile, MAX_FILES, Preflight, ProgressSaid, Said};
use crate::form::{ClientEvent, Errors, EventValue, Form, FormData, LIMITS, MAX_ROWS};

/// The name of a target, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also that of its file in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
pub const TARGETS: &[Target] = &[("files", files), ("form", form), ("live_event", live_event)];

/// What is said of files is within its bounds: references without separators, names without folders, percentages.
pub fn files(data: &[u8]) {
    let Ok(json) = std::str::from_utf8(data) else { return };
    if let Ok(preflight) = Preflight::parse(json) {
        check_reference(&preflight.upload);
        check_files(&preflight.files);
    }
    if let Ok(said) = ProgressSaid::parse(json) {
        said.upload.as_deref().into_iter().for_each(check_reference);
        check_reference(&said.file);
        assert!(!matches!(said.progress, Said::Percent(101..)));
    }
    if let Ok(Value::Object(uploads)) = serde_json::from_str(json)
        && let Ok(chosen) = files::chosen(&uploads)
    {
        for (upload, files) in chosen {
            check_reference(&upload);
            check_files(&files);
        }
    }
}

fn check_files(files: &[ClientFile]) {
    assert!(files.len() <= MAX_FILES);
    for file in files {
        check_reference(&file.reference);
        assert!(!file.name.contains(['/', '\\', '\0']) && file.name != "..", "{:?}", file.name);
        assert!(file.name.len() <= files::MAX_NAME && file.content_type.len() <= files::MAX_TYPE);
    }
}

fn check_reference(reference: &str) {
    assert!(!reference.is_empty() && reference.len() <= files::MAX_REFERENCE, "{reference:?}");
    assert!(!reference.contains([',', ' ', '"', '/']), "{reference:?}");
}

/// A form holds no more text than came, is written as what reads the same again, and is shown without failing.
pub fn form(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else { return };
    let Ok(data) = FormData::decode(body) else { return };
    assert!(text(data.as_map()) <= body.len(), "more is held than came");
    assert_eq!(FormData::decode(&data.encode()).as_ref(), Ok(&data));
    assert_eq!(data.read::<Value>().as_ref(), Ok(&Value::Object(data.as_map().clone())));
    assert_eq!(data.read::<FormData>().as_ref(), Ok(&data));
    let shown = Form::from_params("", data.clone());
    for (key, value) in data.as_map() {
        let field = shown.field(key);
        assert!(value.is_array() || !field.is_used() || data.is_used(key), "{key:?}");
        assert!(shown.rows(key).len() <= MAX_ROWS.max(body.len()), "{key:?}");
    }
    let mut changed = shown;
    changed.change(data, |_: &FormData| Errors::new());
}

/// An event of a form is one with fields and a path as its target; any other carries what it came with.
pub fn live_event(data: &[u8]) {
    let Ok(payload) = std::str::from_utf8(data) else { return };
    let Ok(event) = ClientEvent::parse(payload, &LIMITS) else { return };
    assert_eq!(event.kind.as_deref() == Some("form"), matches!(event.value, EventValue::Form(_)));
    match &event.value {
        EventValue::Form(data) => assert!(!data.get("_target").is_some_and(Value::is_string)),
        EventValue::Json(value) => {
            let sent: Value = serde_json::from_str(payload).expect("it was read before");
            let sent = sent.get("value").unwrap_or(&Value::Null);
            assert!(sent == value || !payload.trim_start().starts_with('{'));
        }
    }
    // Whether it fits is another matter.
    let _ = event.read::<Probe>();
}

/// The length of everything in a tree.
fn text(fields: &Map<String, Value>) -> usize {
    fields.iter().map(|(key, value)| key.len() + text_of(value)).sum()
}

fn text_of(value: &Value) -> usize {
    match value {
        Value::Object(fields) => text(fields),
        Value::Array(items) => items.iter().map(text_of).sum(),
        value => value.as_str().map_or(0, str::len),
    }
}

/// Events of every shape.
#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "it is only read into")]
enum Probe {
    Unit,
    Plain(Value),
    Typed {
        number: i32,
        flag: bool,
        maybe: Option<f64>,
        list: Vec<String>,
        pair: (u8, char),
    },
    Nested {
        rows: Vec<Probe>,
        rest: FormData,
    },
    #[serde(rename = "x:*")]
    Named(String, Value),
}
