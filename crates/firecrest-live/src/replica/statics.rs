//! Statics that nodes of a message share (spec §3.2, rules 8 and 9).

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};

type Node = Map<String, Value>;

/// Puts the statics into every node that has a number instead.
pub(super) fn resolve(node: &mut Node) -> Result<(), ReplicaError> {
    resolve_node(node, None)
}

/// The same for a component, whose own number means another component.
pub(super) fn resolve_component(component: &mut Node) -> Result<(), ReplicaError> {
    let shared = component.remove("p");
    resolve_members(component, shared.as_ref())
}

fn resolve_node(node: &mut Node, outer: Option<&Value>) -> Result<(), ReplicaError> {
    let own = node.remove("p");
    let shared = own.as_ref().or(outer);
    if let Some(Value::Number(number)) = node.get("s") {
        let Some(statics) = shared.and_then(|shared| shared.get(number.to_string())) else {
            return error(ReplicaProblem::UnknownStatics);
        };
        node.insert("s".into(), statics.clone());
    }
    resolve_members(node, shared)
}

fn resolve_members(node: &mut Node, shared: Option<&Value>) -> Result<(), ReplicaError> {
    for (name, value) in node {
        match value {
            Value::Object(inner) => resolve_node(inner, shared).under(name)?,
            // An entry that has moved and changed.
            Value::Array(parts) if name != "s" && name != "stream" => {
                for inner in parts.iter_mut().filter_map(Value::as_object_mut) {
                    resolve_node(inner, shared).under(name)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}
