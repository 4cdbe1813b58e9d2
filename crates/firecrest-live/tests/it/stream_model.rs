//! What streams do, said once more and as simply as possible; and sequences of it.

use firecrest_live::{Stream, html};
use proptest::prelude::*;

/// An id and a text.
pub(crate) type Item = (u8, u8);

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Append(Item),
    Insert(usize, Item),
    UpdateOnly(Item),
    Delete(u8),
    Reset,
    /// The stream is made anew.
    Anew,
    Limit(i32),
}

pub(crate) fn stream() -> Stream<Item> {
    Stream::new(|(id, _): &Item| format!("i{id}"))
}

pub(crate) fn page(stream: &Stream<Item>) -> firecrest_live::Html {
    html! { <ul id="list" phx-update="stream">stream (id, (_, text)) in stream { <li id={id}>{text}</li> }</ul> }
}

/// The turns of a view: what is done to its stream in each, before the page is shown.
pub(crate) fn turns() -> impl Strategy<Value = Vec<Vec<Action>>> {
    let item = || (0..12_u8, any::<u8>());
    let limit = prop_oneof![2 => Just(0), 1 => -6..7_i32];
    let action = prop_oneof![
        6 => item().prop_map(Action::Append),
        4 => (0..8_usize, item()).prop_map(|(at, item)| Action::Insert(at, item)),
        2 => item().prop_map(Action::UpdateOnly),
        3 => (0..12_u8).prop_map(Action::Delete),
        1 => Just(Action::Reset),
        1 => Just(Action::Anew),
        1 => limit.prop_map(Action::Limit),
    ];
    prop::collection::vec(prop::collection::vec(action, 0..10), 1..8)
}

pub(crate) fn act(stream: &mut Stream<Item>, action: &Action) {
    match *action {
        Action::Append(item) => stream.append(item),
        Action::Insert(0, item) => stream.prepend(item),
        Action::Insert(at, item) => stream.insert(at, item),
        Action::UpdateOnly(item) => stream.update_only(item),
        Action::Delete(id) => stream.delete(&(id, 0)),
        Action::Reset => stream.reset(),
        Action::Anew => *stream = self::stream(),
        Action::Limit(limit) => drop(stream.limit(limit)),
    }
}

/// A page with one stream, as a person would keep it with pencil and paper.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paper {
    pub(crate) items: Vec<Item>,
    limit: i32,
}

/// An item that is to be put in: where, and how many are kept.
#[derive(Clone, Copy)]
struct Put {
    item: Item,
    at: Option<usize>,
    limit: i32,
    only: bool,
}

impl Paper {
    /// What the page shows after one turn.
    pub(crate) fn turn(&mut self, actions: &[Action]) {
        let (mut puts, mut deleted, mut reset) = (Vec::<Put>::new(), Vec::new(), false);
        for action in actions {
            let put = |item, at| Put { item, at, limit: self.limit, only: false };
            let put = match *action {
                Action::Append(item) => put(item, None),
                Action::Insert(at, item) => put(item, Some(at)),
                Action::UpdateOnly(item) => {
                    let waits = puts.iter_mut().find(|put| put.item.0 == item.0);
                    match waits {
                        Some(put) => put.item = item,
                        None if reset || deleted.contains(&item.0) => {}
                        None => puts.push(Put { only: true, ..put(item, None) }),
                    }
                    continue;
                }
                Action::Delete(id) => {
                    puts.retain(|put| put.item.0 != id);
                    deleted.push(id);
                    continue;
                }
                Action::Reset => {
                    (puts, deleted, reset) = (Vec::new(), Vec::new(), true);
                    continue;
                }
                Action::Anew => {
                    (puts, deleted, reset) = (Vec::new(), Vec::new(), true);
                    self.limit = 0;
                    continue;
                }
                Action::Limit(limit) => {
                    self.limit = limit;
                    continue;
                }
            };
            puts.retain(|other| other.item.0 != put.item.0);
            puts.push(put);
        }
        self.items.retain(|(id, _)| !reset && !deleted.contains(id));
        let before = self.items.clone();
        puts.iter().for_each(|put| self.put(&before, *put));
    }

    fn put(&mut self, before: &[Item], Put { item, at, limit, only }: Put) {
        if before.iter().any(|(id, _)| *id == item.0) {
            // Where it stands, unless a limit has just dropped it.
            self.items.iter_mut().filter(|(id, _)| *id == item.0).for_each(|found| *found = item);
            return;
        }
        if only {
            return;
        }
        let end = self.items.len();
        self.items.insert(at.unwrap_or(end).min(end), item);
        while limit != 0 && self.items.len() > limit.unsigned_abs() as usize {
            self.items.remove(if limit < 0 { 0 } else { self.items.len() - 1 });
        }
    }

    pub(crate) fn html(&self) -> String {
        let items: String =
            self.items.iter().map(|(id, text)| format!("<li id=\"i{id}\">{text}</li>")).collect();
        format!("<ul id=\"list\" phx-update=\"stream\">{items}</ul>")
    }
}
