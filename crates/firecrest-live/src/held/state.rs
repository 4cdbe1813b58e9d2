//! What one client holds.

use super::cells;
use super::encoder::Encoder;
use super::parts::{Components, Part, Parts};
use super::streams::Told;
use super::{Members, RenderError};
use crate::html::{Child, Html};
use crate::roster::Pass;

/// What one client holds of a view: of each value a hash, not the value.
///
/// It takes 8 bytes for a text, 16 for a nested template, 24 for a loop and 16 for an entry of one; 8 for a stream, whatever has been
/// put into it.
#[derive(Debug)]
pub struct Held {
    seed: u64,
    /// Whether several clients hold it, who began at different times.
    is_shared: bool,
    /// The number of the view's next stream.
    streams: u32,
    /// Empty before the first message.
    cells: Vec<u64>,
    /// Of the components, once there are any.
    parts: Option<Box<Parts>>,
}

impl Held {
    /// A client that holds nothing yet.
    ///
    /// `seed` makes the hashes ones that nobody can foresee: a random number, the same for the whole process. With a seed
    /// that is known, a text could be made that is taken for the one before it, and is not sent.
    pub fn new(seed: u64) -> Held {
        Held { seed, is_shared: false, streams: 0, cells: Vec::new(), parts: None }
    }

    /// Clients that are sent the same messages, and each of which begins with the whole tree at its time: what is held depends on
    /// the last tree only. A loop that has lost its last entry is not known any more, since who has come later never knew it.
    pub fn shared(seed: u64) -> Held {
        Held { is_shared: true, ..Held::new(seed) }
    }

    /// The message for a client that holds nothing: the whole tree (spec §3.3, after any join). What was held is forgotten.
    ///
    /// `child` is called for each nested live view and gives the HTML that stands for it.
    ///
    /// # Errors
    /// When the tree has no message. Then what was held is still held, and what waits in streams still waits.
    pub fn full(
        &mut self,
        html: &Html,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Members, RenderError> {
        let mut encoder = Encoder::new(html, &[], self.seed, Told::new(self.streams), child);
        encoder.forgets_loops = self.is_shared;
        encoder.full()?;
        let finished = encoder.finish();
        Ok(self.keep(finished))
    }

    /// The smallest message that turns what the client holds into this tree (spec §3.3, §3.4, §3.9); no members when it is
    /// the same. A client that holds nothing, or another template, is sent the whole tree.
    ///
    /// `child` is called for each nested live view that was not in its slot before, and gives the HTML that stands for it.
    ///
    /// # Errors
    /// When the tree has no message. Then what was held is still held.
    pub fn diff(
        &mut self,
        html: &Html,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Members, RenderError> {
        let mut encoder = Encoder::new(html, &self.cells, self.seed, Told::new(self.streams), child);
        encoder.forgets_loops = self.is_shared;
        encoder.diff()?;
        let finished = encoder.finish();
        Ok(self.keep(finished))
    }

    /// Whether a client that is to show this tree as a view's will forget all components: it holds no view yet, or one of another
    /// template (spec §3.2, rule 7).
    pub fn forgets(&self, view: &Html) -> bool {
        self.cells.first() != Some(&cells::template(view.tape().root()))
    }

    /// The message for a view with components, or for components alone (spec §3.5): the smallest one, or everything when the
    /// [pass](crate::Pass::view) is one of which everything is sent. No members when nothing has changed.
    ///
    /// `child` is as for [`diff`](Self::diff).
    ///
    /// # Errors
    /// When a tree has no message, or a component is not exactly one element. Then what was held is still held.
    pub fn show(
        &mut self,
        pass: &Pass,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Members, RenderError> {
        let told = Told::new(self.streams);
        let mut components = Components::new(pass, self.parts.as_deref(), self.seed, told);
        components.encode(child)?;
        let Components { new, touched, out, mut told, .. } = components;
        let mut members = Members::default();
        if let Some(view) = &pass.view {
            let old = if pass.is_whole { &[] } else { self.cells.as_slice() };
            let mut encoder = Encoder::new(view, old, self.seed, told, child);
            encoder.touched = Some(&touched);
            encoder.diff()?;
            let (message, mut cells, said) = encoder.finish();
            cells.shrink_to_fit();
            (members, self.cells, told) = (message, cells, said);
        }
        self.streams = told.sent();
        if pass.is_whole {
            self.parts = None;
        }
        if !new.is_empty() {
            self.parts.get_or_insert_default().extend(new);
            members.push_member("c", &format!("{{{out}}}"));
        }
        Ok(members)
    }

    /// Components are not held any more: the client has forgotten them, or is about to.
    pub fn forget(&mut self, cids: &[u32]) {
        if let Some(parts) = &mut self.parts {
            cids.iter().for_each(|cid| drop(parts.remove(cid)));
        }
        self.parts = self.parts.take().filter(|parts| !parts.is_empty());
    }

    /// How many bytes it has allocated.
    pub fn memory(&self) -> usize {
        let parts = self.parts.as_deref().map_or(0, |parts| {
            let cells: usize = parts.values().map(|part| part.cells.capacity() * size_of::<u64>()).sum();
            size_of::<Parts>() + parts.capacity() * (size_of::<(u32, Part)>() + 1) + cells
        });
        self.cells.capacity() * size_of::<u64>() + parts
    }

    fn keep(&mut self, (members, mut cells, told): (Members, Vec<u64>, Told)) -> Members {
        self.streams = told.sent();
        cells.shrink_to_fit();
        self.cells = cells;
        members
    }
}
