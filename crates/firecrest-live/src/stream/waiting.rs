//! The operations that no client has been told of yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json;

/// An index that no page reaches, and that every client can read.
const FAR: usize = i32::MAX as usize;

/// Operations in the order in which they came, as a client takes them: first a reset, then deletions, then insertions. Those
/// that others have overtaken are not among them.
pub(super) struct Waiting<T> {
    /// The number of the next operation.
    next: u64,
    reset: Option<u64>,
    deletes: BTreeMap<u64, Arc<str>>,
    puts: BTreeMap<u64, Put<T>>,
    by_id: BTreeMap<Arc<str>, Numbers>,
}

/// The operations with one id.
#[derive(Clone, Copy, Default)]
struct Numbers {
    delete: Option<u64>,
    put: Option<u64>,
}

pub(super) struct Put<T> {
    pub(super) id: Arc<str>,
    pub(super) item: T,
    /// The number of the last operation that the item comes from.
    newest: u64,
    place: Place,
    limit: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    End,
    At(usize),
    /// Where it is, if it is there.
    Same,
}

impl<T> Waiting<T> {
    /// None; the first one will have this number.
    pub(super) fn new(next: u64) -> Self {
        Waiting { next, reset: None, deletes: BTreeMap::new(), puts: BTreeMap::new(), by_id: BTreeMap::new() }
    }

    /// Into a stream that `is_new`, no item was put before those that wait.
    pub(super) fn put(&mut self, id: &str, item: T, place: Place, limit: i32, is_new: bool) {
        let (id, known) = self.known(id);
        // What was to come with this item comes with the newest.
        let before = known.put.and_then(|number| self.puts.remove(&number));
        let is_gone = before.is_none() && (is_new || known.delete.is_some() || self.reset.is_some());
        if place == Place::Same && is_gone {
            return;
        }
        let newest = self.number();
        let (number, put) = match (before, known.put) {
            (Some(before), Some(number)) if place == Place::Same => (number, Put { item, newest, ..before }),
            _ => (newest, Put { id: id.clone(), item, newest, place, limit }),
        };
        self.puts.insert(number, put);
        self.by_id.insert(id, Numbers { put: Some(number), ..known });
    }

    pub(super) fn delete(&mut self, id: &str) {
        let (id, known) = self.known(id);
        known.put.and_then(|number| self.puts.remove(&number));
        known.delete.and_then(|number| self.deletes.remove(&number));
        let number = self.number();
        self.deletes.insert(number, id.clone());
        self.by_id.insert(id, Numbers { delete: Some(number), put: None });
    }

    pub(super) fn reset(&mut self) {
        *self = Waiting { reset: Some(self.next), ..Waiting::new(self.next + 1) };
    }

    /// Forgets the operations before a number. Whether none is left.
    pub(super) fn forget(&mut self, before: u64) -> bool {
        if before >= self.next {
            return true;
        }
        self.reset = self.reset.filter(|number| *number >= before);
        self.deletes = self.deletes.split_off(&before);
        self.puts.retain(|_, put| put.newest >= before);
        self.by_id.retain(|_, known| {
            known.delete = known.delete.filter(|number| self.deletes.contains_key(number));
            known.put = known.put.filter(|number| self.puts.contains_key(number));
            known.delete.or(known.put).is_some()
        });
        false
    }

    /// What is put in, in order.
    pub(super) fn puts(&self) -> impl ExactSizeIterator<Item = &Put<T>> {
        self.puts.values()
    }

    /// How many operations wait.
    pub(super) fn len(&self) -> usize {
        self.puts.len() + self.deletes.len() + usize::from(self.reset.is_some())
    }

    /// The number of the next operation.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether all items go that are in the page.
    pub(super) fn resets(&self) -> bool {
        self.reset.is_some()
    }

    /// What is put in and what goes, as the members of a JSON array, after the stream's number (spec §3.6).
    pub(super) fn json(&self) -> String {
        let mut out = String::from("[");
        for (index, put) in self.puts.values().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            put.write(&mut out);
        }
        out.push_str("],[");
        for (index, id) in self.deletes.values().enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            json::string(&mut out, id);
        }
        out.push(']');
        out
    }

    fn known(&mut self, id: &str) -> (Arc<str>, Numbers) {
        self.by_id
            .get_key_value(id)
            .map_or_else(|| (id.into(), Numbers::default()), |(id, known)| (id.clone(), *known))
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }
}

impl<T> Put<T> {
    /// Its id, where it belongs, how many items are kept then, and whether it is for an item that is there.
    fn write(&self, out: &mut String) {
        json::string(out, &self.id);
        out.push(',');
        match self.place {
            Place::At(at) => json::number(out, at.min(FAR)),
            Place::End | Place::Same => out.push_str("-1"),
        }
        out.push(',');
        match self.limit {
            0 => out.push_str("null"),
            limit => out.push_str(itoa::Buffer::new().format(limit)),
        }
        out.push_str(if self.place == Place::Same { ",true]" } else { ",false]" });
    }
}
