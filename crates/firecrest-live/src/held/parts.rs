//! What a client holds of the components of a view, and their part of a message (spec §3.5).

use std::collections::{HashMap, HashSet};

use super::cells;
use super::encoder::Encoder;
use super::streams::Told;
use super::{Members, RenderError};
use crate::call::Kind;
use crate::html::Child;
use crate::json;
use crate::roster::{Pass, Tree};
use crate::template::Template;

/// What a client holds of components, by their numbers.
pub(super) type Parts = HashMap<u32, Part>;

/// What a client holds of a component.
#[derive(Debug)]
pub(super) struct Part {
    kind: Kind,
    pub(super) cells: Vec<u64>,
}

/// The message of one component, and the cells of its tree.
type Encoded = (Members, Vec<u64>);

/// The components of a message in the making.
pub(super) struct Components<'a> {
    seed: u64,
    pass: &'a Pass,
    /// What the client holds before this message.
    held: Option<&'a Parts>,
    /// What it holds after it, as far as it changes.
    pub(super) new: Vec<(u32, Part)>,
    /// Components with changes in this message, or with such components inside.
    pub(super) touched: HashSet<u32>,
    /// The first component in this message of a type and a template: others have their statics from it.
    first: HashMap<(Kind, u64), usize>,
    /// The members of `c`.
    pub(super) out: String,
    pub(super) told: Told,
}

impl<'a> Components<'a> {
    pub(super) fn new(pass: &'a Pass, held: Option<&'a Parts>, seed: u64, told: Told) -> Self {
        // Who begins with nothing has no component to take anything from.
        let held = held.filter(|_| !pass.is_whole);
        let (new, touched, first) = (Vec::new(), HashSet::new(), HashMap::new());
        Components { seed, pass, held, new, touched, first, out: String::new(), told }
    }

    /// All components of the pass; those inside others first, since whoever is around them must name them.
    pub(super) fn encode(&mut self, child: &mut dyn FnMut(&Child) -> String) -> Result<(), RenderError> {
        self.pass.trees.iter().rev().try_for_each(|tree| self.component(tree, child))
    }

    fn component(
        &mut self,
        tree: &'a Tree,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<(), RenderError> {
        let root = tree.html.tape().root();
        if !root.is_root {
            return Err(RenderError::NoRoot { name: tree.kind.name(), id: tree.id.to_string() });
        }
        let cell = cells::template(root);
        let held = self.held.filter(|_| !tree.is_revived).and_then(|held| held.get(&tree.cid));
        let held = held.filter(|part| part.cells.first() == Some(&cell));
        let (message, mut cells) = match held {
            Some(part) => self.changes(tree, root, &part.cells, child)?,
            None => self.whole(tree, root, cell, child)?,
        };
        if held.is_some() && message.is_empty() {
            return Ok(());
        }
        self.touched.insert(tree.cid);
        json::name(&mut self.out, tree.cid as usize);
        self.out.push('{');
        self.out.push_str(message.as_str());
        self.out.push('}');
        cells.shrink_to_fit();
        self.new.push((tree.cid, Part { kind: tree.kind, cells }));
        Ok(())
    }

    fn changes(
        &mut self,
        tree: &'a Tree,
        root: &'static Template,
        held: &[u64],
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Encoded, RenderError> {
        let told = std::mem::take(&mut self.told);
        let mut encoder = Encoder::new(&tree.html, held, self.seed, told, child);
        encoder.touched = Some(&self.touched);
        encoder.changes(root)?;
        let (message, cells, told) = encoder.finish();
        self.told = told;
        Ok((message, cells))
    }

    /// A component that the client does not hold: what differs from one of the same type and template, or everything.
    fn whole(
        &mut self,
        tree: &'a Tree,
        root: &'static Template,
        cell: u64,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Encoded, RenderError> {
        let first = *self.first.entry((tree.kind, cell)).or_insert(self.new.len());
        let donor = match self.new.get(first) {
            Some((cid, part)) => Some((i64::from(*cid), part.cells.as_slice())),
            None => self.donor(tree.kind, cell),
        };
        let streams = self.told.so_far();
        let (told, donated) = (std::mem::take(&mut self.told), donor.map_or(&[][..], |(_, cells)| cells));
        let mut encoder = Encoder::new(&tree.html, donated, self.seed, told, child);
        let is_copy = match donor {
            Some((cid, _)) => encoder.copy(root, cid)?,
            None => false,
        };
        if !is_copy {
            encoder.begin_again(&tree.html, streams);
            encoder.part(root)?;
        }
        let (message, cells, told) = encoder.finish();
        self.told = told;
        Ok((message, cells))
    }

    /// A component that the client holds whose tree has the same template: its number is negative, since it is meant as it was
    /// before this message.
    fn donor(&self, kind: Kind, cell: u64) -> Option<(i64, &'a [u64])> {
        let alike = self.held?.iter().filter(|(cid, part)| {
            part.kind == kind && part.cells.first() == Some(&cell) && !self.pass.is_revived(**cid)
        });
        // Any would do; but messages should not depend on chance.
        let (cid, part) = alike.max_by_key(|(cid, _)| **cid)?;
        Some((-i64::from(*cid), &part.cells))
    }
}
