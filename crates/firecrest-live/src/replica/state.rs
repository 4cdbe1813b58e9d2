//! The tree that a client has.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::error::{ReplicaError, ReplicaProblem, Under, error};
use super::streams::Streams;
use super::{marks, merge, render, statics};

/// A client's tree, as the messages so far have made it (spec §3.2).
///
/// It is stricter than the client: what the client would show wrongly without a word is an error here. Streams are what has
/// become of them since they came into the page; it is taken for granted that all children of their elements are their items.
#[derive(Clone, Debug)]
pub struct Replica {
    /// The top node; its member `c` has the components.
    tree: Value,
    streams: Streams,
}

impl Default for Replica {
    fn default() -> Self {
        Replica { tree: Value::Object(Map::new()), streams: Streams::default() }
    }
}

impl Replica {
    /// A client that has got no message yet.
    pub fn new() -> Replica {
        Replica::default()
    }

    /// Merges the rendered tree of a join or a diff.
    ///
    /// # Errors
    /// When the message is not legal. The tree may be half merged then.
    pub fn merge(&mut self, message: &Value) -> Result<(), ReplicaError> {
        let Value::Object(mut message) = message.clone() else { return error(ReplicaProblem::NoObject) };
        for other in ["t", "e", "r"] {
            message.remove(other);
        }
        let components = message.remove("c");
        statics::resolve(&mut message)?;
        self.streams.take(&mut message)?;
        let Value::Object(tree) = &mut self.tree else { return error(ReplicaProblem::NoObject) };
        if message.contains_key("s") {
            merge::check(&message)?;
            *tree = message;
        } else if !message.is_empty() {
            if !tree.contains_key("s") {
                return error(ReplicaProblem::NoStatics);
            }
            merge::members(tree, message)?;
        }
        match components {
            Some(Value::Object(components)) => {
                merge_components(tree, components, &mut self.streams).under("c")?;
            }
            Some(_) => return error(ReplicaProblem::NoObject).under("c"),
            None => {}
        }
        self.streams.keep(tree);
        Ok(())
    }

    /// The page, without what the client adds for itself.
    ///
    /// # Errors
    /// When something in the tree has no value.
    pub fn html(&self) -> Result<String, ReplicaError> {
        self.render(&|_, _, _| {})
    }

    /// The page with the number of each component in the attribute `data-phx-component` of its element (spec §3.5).
    ///
    /// # Errors
    /// When something in the tree has no value.
    pub fn marked_html(&self) -> Result<String, ReplicaError> {
        self.render(&marks::mark)
    }

    /// The numbers of the components that the page shows, those inside others first.
    ///
    /// # Errors
    /// When something in the tree has no value.
    pub fn components(&self) -> Result<Vec<u64>, ReplicaError> {
        let shown = RefCell::default();
        self.render(&|cid, _, _| Vec::push(&mut shown.borrow_mut(), cid))?;
        Ok(shown.into_inner())
    }

    /// The id of the first item of each stream in the page that has any.
    pub fn first_items(&self) -> impl Iterator<Item = &str> {
        self.streams.first_items().map(|item| &*item.id)
    }

    /// Forgets components that the server has deleted.
    pub fn forget(&mut self, cids: impl IntoIterator<Item = u64>) {
        if let Some(components) = self.tree.get_mut("c").and_then(Value::as_object_mut) {
            for cid in cids {
                components.remove(&cid.to_string());
            }
        }
    }

    fn render(&self, part: &dyn Fn(u64, usize, &mut String)) -> Result<String, ReplicaError> {
        let mut out = String::new();
        let Value::Object(tree) = &self.tree else { return error(ReplicaProblem::NoObject) };
        let components = tree.get("c").and_then(Value::as_object);
        render::node(tree, render::Page { components, streams: &self.streams, part }, &mut out)?;
        Ok(out)
    }

    /// The tree, with statics in every node; of a stream only its number. Components are in the member `c` of the top node.
    pub fn tree(&self) -> &Value {
        &self.tree
    }
}

/// Merges the components of a message (spec §3.2, rules 6 and 9).
fn merge_components(
    tree: &mut Map<String, Value>,
    mut new: Map<String, Value>,
    streams: &mut Streams,
) -> Result<(), ReplicaError> {
    for (cid, component) in &mut new {
        let Value::Object(component) = component else { return error(ReplicaProblem::NoObject).under(cid) };
        statics::resolve_component(component).under(cid)?;
        streams.take(component).under(cid)?;
    }
    let old = match tree.remove("c") {
        Some(Value::Object(old)) => old,
        _ => Map::new(),
    };
    let mut merged = old.clone();
    for cid in new.keys() {
        merged.insert(cid.clone(), Value::Object(component(cid, &new, &old, 0).under(cid)?));
    }
    tree.insert("c".into(), Value::Object(merged));
    Ok(())
}

/// A component as it is after this message. `depth` is how many others it was derived through.
fn component(
    cid: &str,
    new: &Map<String, Value>,
    old: &Map<String, Value>,
    depth: usize,
) -> Result<Map<String, Value>, ReplicaError> {
    let held = |cid: &str| old.get(cid).and_then(Value::as_object).cloned();
    let Some(Value::Object(changes)) = new.get(cid) else { return error(ReplicaProblem::UnknownComponent) };
    let mut changes = changes.clone();
    let mut component = match changes.get("s").and_then(Value::as_i64) {
        None if changes.contains_key("s") => {
            merge::check(&changes)?;
            return Ok(changes);
        }
        None => held(cid),
        // A chain that is longer than there are components is a circle.
        Some(donor) if donor > 0 && depth < new.len() => {
            Some(self::component(&donor.to_string(), new, old, depth + 1)?)
        }
        Some(donor) => held(&donor.unsigned_abs().to_string()).filter(|_| donor < 0),
    };
    changes.remove("s");
    match &mut component {
        Some(component) => merge::members(component, changes)?,
        None => return error(ReplicaProblem::UnknownComponent),
    }
    component.map_or_else(|| error(ReplicaProblem::UnknownComponent), Ok)
}
