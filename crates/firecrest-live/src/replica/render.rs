//! The tree as HTML.

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};
use super::streams::Streams;
use crate::stream::item;

type Node = Map<String, Value>;

/// What the tree refers to.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) components: Option<&'a Node>,
    pub(super) streams: &'a Streams,
    /// Hears of each component: its number and where in the HTML it begins. Adds what it likes there.
    pub(super) part: &'a dyn Fn(u64, usize, &mut String),
}

/// Appends a node.
pub(super) fn node(node: &Node, page: Page<'_>, out: &mut String) -> Result<(), ReplicaError> {
    let Some(Value::Array(statics)) = node.get("s") else { return error(ReplicaProblem::NoStatics) };
    if let Some(items) = page.streams.items(node) {
        for shown in items {
            let from = out.len();
            slots(&shown.entry, statics, page, out).under(&shown.id).under("stream")?;
            if !item::has_id(&out[from..], &shown.id) {
                return error(ReplicaProblem::NoItem).under(&shown.id).under("stream");
            }
        }
        return Ok(());
    }
    let Some(entries) = node.get("k") else { return slots(node, statics, page, out) };
    let count = entries.get("kc").and_then(Value::as_u64).unwrap_or_default();
    for name in (0..count).map(|index| index.to_string()) {
        let entry = entries.get(&name).and_then(Value::as_object);
        let written = match entry {
            Some(entry) => slots(entry, statics, page, out),
            None => error(ReplicaProblem::Missing),
        };
        written.under(&name).under("k")?;
    }
    Ok(())
}

fn slots(node: &Node, statics: &[Value], page: Page<'_>, out: &mut String) -> Result<(), ReplicaError> {
    for (index, text) in statics.iter().enumerate() {
        if index > 0 {
            let name = (index - 1).to_string();
            value(node.get(&name), page, out).under(&name)?;
        }
        out.push_str(text.as_str().unwrap_or_default());
    }
    Ok(())
}

fn value(value: Option<&Value>, page: Page<'_>, out: &mut String) -> Result<(), ReplicaError> {
    match value {
        Some(Value::String(text)) => out.push_str(text),
        Some(Value::Object(inner)) => node(inner, page, out)?,
        Some(Value::Number(cid)) => {
            let component = page.components.and_then(|components| components.get(&cid.to_string()));
            let Some(Value::Object(component)) = component else {
                return error(ReplicaProblem::UnknownComponent);
            };
            let from = out.len();
            node(component, page, out)?;
            (page.part)(cid.as_u64().unwrap_or_default(), from, out);
        }
        Some(_) => return error(ReplicaProblem::NoValue),
        None => return error(ReplicaProblem::Missing),
    }
    Ok(())
}
