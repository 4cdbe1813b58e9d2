//! The entries of loops (spec §3.4).

use super::RenderError;
use super::cells;
use super::encoder::Encoder;
use super::keys::{Keys, Place, Taken};
use crate::json;
use crate::template::Template;

impl Encoder<'_> {
    /// All entries of a loop that is sent whole.
    pub(super) fn all_entries(&mut self, body: &'static Template, count: usize) -> Result<(), RenderError> {
        let mut keys = None;
        for index in 0..count {
            let key = self.key(index);
            if !cells::is_index(key) {
                let keys = keys.get_or_insert_with(|| self.spare.pop().unwrap_or_default());
                keys.take(key).map_err(|Taken| duplicate(body, index))?;
            }
            self.new_entry(body, index, key)?;
        }
        self.give_back(keys);
        Ok(())
    }

    /// The entries of a loop that differ from the `held` ones, the first of which is at `here`. Whether any has moved.
    pub(super) fn compare_entries(
        &mut self,
        body: &'static Template,
        count: usize,
        held: usize,
        mut here: usize,
    ) -> Result<bool, RenderError> {
        let first = here;
        let mut keys: Option<Keys> = None;
        let mut moved = false;
        for index in 0..count {
            let key = self.key(index);
            let place = if keys.is_none() && index < held && cells::cell(self.old, here) == key {
                Some(Place { index, at: here })
            } else if keys.is_none() && index >= held && cells::is_index(key) {
                None
            } else {
                // All entries before this one were found at their places, or are new and known by an index.
                let keys = keys.get_or_insert_with(|| {
                    let mut keys = self.spare.pop().unwrap_or_default();
                    keys.add(self.old, first, held, index);
                    keys
                });
                keys.take(key).map_err(|Taken| duplicate(body, index))?
            };
            match place {
                Some(place) if place.index == index => self.same_entry(body, index, key, place.at)?,
                Some(place) => {
                    moved = true;
                    self.moved_entry(body, index, key, place)?;
                }
                None => self.new_entry(body, index, key)?,
            }
            if index < held {
                here = cells::end_of_many(self.old, here);
            }
        }
        self.give_back(keys);
        Ok(moved)
    }

    fn key(&mut self, index: usize) -> u64 {
        self.hashing.key(self.tape.key(), index)
    }

    /// An entry that the client does not hold. It may stand where another one stood and is merged into that, so it carries
    /// everything (spec §3.2, rule 5).
    pub(super) fn new_entry(
        &mut self,
        body: &'static Template,
        index: usize,
        key: u64,
    ) -> Result<(), RenderError> {
        json::name(&mut self.out, index);
        self.out.push('{');
        let start = self.begin(key);
        self.slots(body)?;
        self.end(start);
        self.out.push('}');
        Ok(())
    }

    /// An entry that stands where it stood.
    fn same_entry(
        &mut self,
        body: &'static Template,
        index: usize,
        key: u64,
        at: usize,
    ) -> Result<(), RenderError> {
        let before = self.out.len();
        json::name(&mut self.out, index);
        self.out.push('{');
        let inside = self.out.len();
        let start = self.begin(key);
        self.compare_slots(body, at + 2)?;
        self.end(start);
        self.close(before, inside);
        Ok(())
    }

    /// An entry that stood at another place: the index it had, and what has changed.
    fn moved_entry(
        &mut self,
        body: &'static Template,
        index: usize,
        key: u64,
        place: Place,
    ) -> Result<(), RenderError> {
        json::name(&mut self.out, index);
        let before = self.out.len();
        self.out.push('[');
        json::number(&mut self.out, place.index);
        self.out.push_str(",{");
        let inside = self.out.len();
        let start = self.begin(key);
        self.compare_slots(body, place.at + 2)?;
        self.end(start);
        if self.out.len() > inside {
            self.out.push_str("}]");
        } else {
            self.out.truncate(before);
            json::number(&mut self.out, place.index);
        }
        Ok(())
    }

    fn give_back(&mut self, keys: Option<Keys>) {
        if let Some(mut keys) = keys {
            keys.clear();
            self.spare.push(keys);
        }
    }
}

fn duplicate(body: &Template, index: usize) -> RenderError {
    RenderError::DuplicateKey { index, body: body.statics.first().copied().unwrap_or_default() }
}
