//! Merging a message into the tree (spec §3.2).

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};

type Node = Map<String, Value>;

/// Merges a node without statics into the one that is there.
pub(super) fn members(target: &mut Node, source: Node) -> Result<(), ReplicaError> {
    for (name, value) in source {
        let merged = match value {
            Value::Object(entries) if name == "k" => match target.get_mut("k") {
                Some(Value::Object(target)) => merge_entries(target, entries),
                _ => error(ReplicaProblem::NoStatics),
            },
            Value::Object(source) if !source.contains_key("s") => match target.get_mut(&name) {
                Some(Value::Object(target)) => members(target, source),
                _ => error(ReplicaProblem::NoStatics),
            },
            value => check_member(&name, &value).map(|()| {
                target.insert(name.clone(), value);
            }),
        };
        merged.under(&name)?;
    }
    Ok(())
}

/// Fails unless a node has all that it needs by itself.
pub(super) fn check(node: &Node) -> Result<(), ReplicaError> {
    let Some(Value::Array(statics)) = node.get("s") else { return error(ReplicaProblem::NoStatics) };
    let slots = statics.len().saturating_sub(1);
    match node.get("k") {
        Some(Value::Object(entries)) => check_entries(entries, slots).under("k"),
        Some(_) => error(ReplicaProblem::NoObject).under("k"),
        None => check_slots(node, slots),
    }
}

fn check_entries(entries: &Node, slots: usize) -> Result<(), ReplicaError> {
    for index in 0..count(entries)? {
        let name = index.to_string();
        match entries.get(&name) {
            Some(Value::Object(entry)) => check_slots(entry, slots).under(&name)?,
            Some(_) => return error(ReplicaProblem::UnknownEntry).under(&name),
            None => return error(ReplicaProblem::Missing).under(&name),
        }
    }
    Ok(())
}

fn check_slots(node: &Node, slots: usize) -> Result<(), ReplicaError> {
    for slot in 0..slots {
        let name = slot.to_string();
        node.get(&name)
            .map_or_else(|| error(ReplicaProblem::Missing), |value| check_member(&name, value))
            .under(&name)?;
    }
    Ok(())
}

/// Fails unless the value of a slot is one; of other members nothing is asked.
fn check_member(name: &str, value: &Value) -> Result<(), ReplicaError> {
    let is_slot = name.bytes().all(|byte| byte.is_ascii_digit());
    match value {
        Value::Object(node) if is_slot => check(node),
        Value::String(_) | Value::Number(_) => Ok(()),
        _ if is_slot => error(ReplicaProblem::NoValue),
        _ => Ok(()),
    }
}

/// Merges entries without statics. What has moved comes from where it was before this message.
fn merge_entries(target: &mut Node, source: Node) -> Result<(), ReplicaError> {
    let count = count(&source)?;
    let is_marked = source.get("km") == Some(&Value::Bool(true));
    let mut old = target.clone();
    let mut taken = Vec::new();
    target.retain(|name, _| name.parse().is_ok_and(|index: u64| index < count));
    for (name, value) in source {
        let Ok(index) = name.parse::<u64>() else { continue };
        if index >= count {
            continue;
        }
        let entry = match value {
            Value::Object(changes) => changed(target.remove(&name), changes),
            _ if !is_marked => error(ReplicaProblem::UnmarkedMove),
            moved => from_elsewhere(&mut old, &mut taken, moved),
        };
        target.insert(name.clone(), Value::Object(entry.under(&name)?));
    }
    target.insert("kc".into(), count.into());
    let missing = (0..count).map(|index| index.to_string()).find(|name| !target.contains_key(name));
    missing.map_or(Ok(()), |name| error(ReplicaProblem::Missing).under(&name))
}

/// An entry that stays where it is, or a new one.
fn changed(held: Option<Value>, changes: Node) -> Result<Node, ReplicaError> {
    match held {
        Some(Value::Object(mut entry)) => members(&mut entry, changes).map(|()| entry),
        _ => {
            changes.iter().try_for_each(|(name, value)| check_member(name, value).under(name))?;
            Ok(changes)
        }
    }
}

/// An entry that was at another index: the index, or that and what has changed.
fn from_elsewhere(old: &mut Node, taken: &mut Vec<String>, moved: Value) -> Result<Node, ReplicaError> {
    let (from, changes) = match moved {
        Value::Array(mut parts) if parts.len() == 2 => (parts.remove(0), parts.pop()),
        from => (from, None),
    };
    let name = from.as_u64().map(|index| index.to_string()).unwrap_or_default();
    let (Some(Value::Object(entry)), false) = (old.get(&name), taken.contains(&name)) else {
        return error(ReplicaProblem::UnknownEntry);
    };
    let mut entry = entry.clone();
    taken.push(name);
    match changes {
        Some(Value::Object(changes)) => members(&mut entry, changes)?,
        Some(_) => return error(ReplicaProblem::NoObject),
        None => {}
    }
    Ok(entry)
}

fn count(entries: &Node) -> Result<u64, ReplicaError> {
    entries.get("kc").and_then(Value::as_u64).map_or_else(|| error(ReplicaProblem::NoCount), Ok)
}
