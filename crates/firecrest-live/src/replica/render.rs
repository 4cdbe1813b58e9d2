//! The tree as HTML.

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};

type Node = Map<String, Value>;

/// Appends a node.
pub(super) fn node(node: &Node, components: Option<&Node>, out: &mut String) -> Result<(), ReplicaError> {
    let Some(Value::Array(statics)) = node.get("s") else { return error(ReplicaProblem::NoStatics) };
    let Some(entries) = node.get("k") else { return slots(node, statics, components, out) };
    let count = entries.get("kc").and_then(Value::as_u64).unwrap_or_default();
    for name in (0..count).map(|index| index.to_string()) {
        let entry = entries.get(&name).and_then(Value::as_object);
        let written = match entry {
            Some(entry) => slots(entry, statics, components, out),
            None => error(ReplicaProblem::Missing),
        };
        written.under(&name).under("k")?;
    }
    Ok(())
}

fn slots(
    node: &Node,
    statics: &[Value],
    components: Option<&Node>,
    out: &mut String,
) -> Result<(), ReplicaError> {
    for (index, text) in statics.iter().enumerate() {
        if index > 0 {
            let name = (index - 1).to_string();
            value(node.get(&name), components, out).under(&name)?;
        }
        out.push_str(text.as_str().unwrap_or_default());
    }
    Ok(())
}

fn value(value: Option<&Value>, components: Option<&Node>, out: &mut String) -> Result<(), ReplicaError> {
    match value {
        Some(Value::String(text)) => out.push_str(text),
        Some(Value::Object(inner)) => node(inner, components, out)?,
        Some(Value::Number(cid)) => {
            let component = components.and_then(|components| components.get(&cid.to_string()));
            let Some(Value::Object(component)) = component else {
                return error(ReplicaProblem::UnknownComponent);
            };
            node(component, components, out)?;
        }
        Some(_) => return error(ReplicaProblem::NoValue),
        None => return error(ReplicaProblem::Missing),
    }
    Ok(())
}
