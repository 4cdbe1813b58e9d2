//! Streams (spec §3.6): what the client does with their operations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};

type Node = Map<String, Value>;

/// The items of streams as they stand in the page, by the stream's number. In the tree, a stream has its statics and number only:
/// what the client keeps of the items is in the page, not in its tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(BTreeMap<String, Vec<Item>>);

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) entry: Node,
}

/// What a message does to one stream.
struct Operations {
    inserts: Vec<Insert>,
    deletes: BTreeSet<String>,
    is_reset: bool,
}

struct Insert {
    item: Item,
    /// None at the end.
    at: Option<usize>,
    limit: Option<i64>,
    is_update: bool,
}

impl Streams {
    /// Does what a message says of streams, and takes it out of the message.
    pub(super) fn take(&mut self, node: &mut Node) -> Result<(), ReplicaError> {
        for (name, value) in node.iter_mut() {
            match value {
                Value::Object(inner) => self.take(inner).under(name)?,
                // An entry that has moved and changed.
                Value::Array(parts) if name != "s" && name != "stream" => {
                    parts
                        .iter_mut()
                        .filter_map(Value::as_object_mut)
                        .try_for_each(|inner| self.take(inner))
                        .under(name)?;
                }
                _ => {}
            }
        }
        let Some(operations) = node.get_mut("stream").map(Value::take) else { return Ok(()) };
        let entries = node.insert("k".into(), serde_json::json!({ "kc": 0 }));
        let Some((number, operations)) = operations_of(operations, entries) else {
            return error(ReplicaProblem::NoStream).under("stream");
        };
        node.insert("stream".into(), number.clone().into());
        operations.apply(self.0.entry(number).or_default());
        Ok(())
    }

    /// Forgets the items of streams that are not in the page any more.
    pub(super) fn keep(&mut self, tree: &Node) {
        let mut shown = BTreeSet::new();
        self.shown(tree, &mut shown);
        self.0.retain(|number, _| shown.contains(number));
    }

    /// The first item of each stream that has any.
    pub(super) fn first_items(&self) -> impl Iterator<Item = &Item> {
        self.0.values().filter_map(|items| items.first())
    }

    /// The items of the stream that a node of the tree is; none when it is no stream.
    pub(super) fn items(&self, node: &Node) -> Option<&[Item]> {
        let number = node.get("stream")?.as_str()?;
        Some(self.0.get(number).map_or(&[], Vec::as_slice))
    }

    fn shown(&self, node: &Node, shown: &mut BTreeSet<String>) {
        if let Some(number) = node.get("stream").and_then(Value::as_str) {
            shown.insert(number.to_owned());
        }
        self.items(node).unwrap_or_default().iter().for_each(|item| self.shown(&item.entry, shown));
        node.values().filter_map(Value::as_object).for_each(|inner| self.shown(inner, shown));
    }
}

/// The number of a stream and what is done to it; none when this is no legal message.
fn operations_of(operations: Value, entries: Option<Value>) -> Option<(String, Operations)> {
    let Value::Array(mut operations) = operations else { return None };
    // Whatever the fourth is, it means a reset.
    let is_reset = operations.len() == 4;
    operations.truncate(3);
    let [number, inserts, deletes] = <[Value; 3]>::try_from(operations).ok()?;
    let (Value::Array(inserts), Some(Value::Object(mut entries))) = (inserts, entries) else { return None };
    if entries.get("kc")?.as_u64()? != inserts.len() as u64 {
        return None;
    }
    let mut insert = |(index, insert): (usize, &Value)| {
        let Value::Object(entry) = entries.get_mut(&index.to_string())?.take() else { return None };
        let id = insert.get(0)?.as_str()?.to_owned();
        let at = insert.get(1)?.as_i64().filter(|at| *at >= -1)?;
        let (limit, is_update) = (insert.get(2)?, insert.get(3)?);
        Some(Insert {
            item: Item { id, entry },
            at: usize::try_from(at).ok(),
            limit: if limit.is_null() { None } else { Some(limit.as_i64()?) },
            is_update: is_update.as_bool().or(is_update.is_null().then_some(false))?,
        })
    };
    let inserts = inserts.iter().enumerate().map(&mut insert).collect::<Option<Vec<_>>>()?;
    let ids: BTreeSet<_> = inserts.iter().map(|insert| &insert.item.id).collect();
    if ids.len() < inserts.len() {
        return None;
    }
    let deletes =
        deletes.as_array()?.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    Some((number.as_str()?.to_owned(), Operations { inserts, deletes, is_reset }))
}

impl Operations {
    fn apply(self, items: &mut Vec<Item>) {
        let before: BTreeSet<String> = items.iter().map(|item| item.id.clone()).collect();
        items.retain(|item| !self.is_reset && !self.deletes.contains(&item.id));
        // What a limit drops is not found again by a later insertion of the same message.
        let stayed: BTreeSet<String> = items.iter().map(|item| item.id.clone()).collect();
        for Insert { item, at, limit, is_update } in self.inserts {
            if stayed.contains(&item.id) {
                if let Some(place) = items.iter_mut().find(|other| other.id == item.id) {
                    *place = item;
                }
            } else if !is_update || before.contains(&item.id) {
                items.insert(at.unwrap_or(items.len()).min(items.len()), item);
                keep(items, limit);
            }
        }
    }
}

/// Drops what is too much: at the end, or with a negative limit at the beginning.
fn keep(items: &mut Vec<Item>, limit: Option<i64>) {
    let Some(limit) = limit else { return };
    let count = usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX);
    if limit < 0 {
        items.drain(..items.len().saturating_sub(count));
    } else {
        items.truncate(count);
    }
}
