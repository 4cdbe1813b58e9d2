//! What one client holds.

use super::encoder::Encoder;
use super::{Members, RenderError};
use crate::html::{Child, Html};

/// What one client holds of a view: of each value a hash, not the value.
///
/// It takes 8 bytes for a text, 16 for a nested template, 24 for a loop and 16 for an entry of one.
#[derive(Debug)]
pub struct Held {
    seed: u64,
    /// Whether several clients hold it, who began at different times.
    is_shared: bool,
    /// Empty before the first message.
    cells: Vec<u64>,
}

impl Held {
    /// A client that holds nothing yet.
    ///
    /// `seed` makes the hashes ones that nobody can foresee: a random number, the same for the whole process. With a seed
    /// that is known, a text could be made that is taken for the one before it, and is not sent.
    pub fn new(seed: u64) -> Held {
        Held { seed, is_shared: false, cells: Vec::new() }
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
    /// When the tree has no message. Then what was held is still held.
    pub fn full(
        &mut self,
        html: &Html,
        child: &mut dyn FnMut(&Child) -> String,
    ) -> Result<Members, RenderError> {
        let mut encoder = Encoder::new(html, &[], self.seed, child);
        encoder.full()?;
        Ok(self.keep(encoder.finish()))
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
        let mut encoder = Encoder::new(html, &self.cells, self.seed, child);
        encoder.forgets_loops = self.is_shared;
        encoder.diff()?;
        let finished = encoder.finish();
        Ok(self.keep(finished))
    }

    /// How many bytes it has allocated.
    pub fn memory(&self) -> usize {
        self.cells.capacity() * size_of::<u64>()
    }

    fn keep(&mut self, (members, mut cells): (Members, Vec<u64>)) -> Members {
        cells.shrink_to_fit();
        self.cells = cells;
        members
    }
}
