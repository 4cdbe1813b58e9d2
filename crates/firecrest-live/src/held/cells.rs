//! How a tree is remembered: in prefix order, as numbers that are compared and never read back.
//!
//! | value | cells |
//! | --- | --- |
//! | text, nothing, a nested view, a component | one: its hash |
//! | a stream | one: half a hash of its body's fingerprint, and its number |
//! | a template | its fingerprint; how many cells follow; those of its slots |
//! | a loop | its body's fingerprint; how many cells follow; how many entries; the entries |
//! | an entry of a loop | its key; how many cells follow; those of its slots |
//!
//! The two lowest bits of the first cell of a value say which of these it is. The highest bit of a key says whether it is
//! one; else it is the index.

use std::hash::Hasher;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;

use crate::template::Template;

const KIND: u64 = 0b11;
const TEXT: u64 = 0b00;
const TEMPLATE: u64 = 0b01;
const LOOP: u64 = 0b10;

/// The bits of a stream's cell that are its number.
const STREAM_NUMBER: u64 = 0xffff_fffc;

/// The bit of a key that is no index.
const KEYED: u64 = 1 << 63;

/// What tells the hashes of texts, nested views, components and keys apart.
const TEXT_SALT: u64 = 0x6a09_e667_f3bc_c908;
const VIEW_SALT: u64 = 0xbb67_ae85_84ca_a73b;
const PART_SALT: u64 = 0x510e_527f_ade6_82d1;
const STREAM_SALT: u64 = 0xa54f_f53a_5f1d_36f1;
const KEY_SALT: u64 = 0x3c6e_f372_fe94_f82b;

/// The cell of a template.
#[inline]
pub(super) fn template(template: &Template) -> u64 {
    identity(template) << 2 | TEMPLATE
}

/// The cell of a loop.
#[inline]
pub(super) fn list(body: &Template) -> u64 {
    identity(body) << 2 | LOOP
}

/// Where the value ends that begins here.
#[inline]
pub(super) fn end(cells: &[u64], at: usize) -> usize {
    if cell(cells, at) & KIND == TEXT { at.wrapping_add(1) } else { end_of_many(cells, at) }
}

/// Where the template, loop or entry ends that begins here.
#[inline]
pub(super) fn end_of_many(cells: &[u64], at: usize) -> usize {
    at.wrapping_add(2).wrapping_add(cell(cells, at.wrapping_add(1)) as usize)
}

/// The cell at a place. There always is one, because values are compared slot by slot only where templates are the same;
/// should two templates have one fingerprint after all, what is read makes no sense, and is still read safely.
#[inline]
pub(super) fn cell(cells: &[u64], at: usize) -> u64 {
    cells.get(at).copied().unwrap_or_default()
}

/// Fingerprints alone should do; but templates that were not made by the macro may share one.
#[inline]
fn identity(template: &Template) -> u64 {
    template.fingerprint ^ (template.slots() as u64) << 48
}

/// Makes hashes, with a seed nobody outside can know.
pub(super) struct Hashing(SharedSeed);

impl Hashing {
    pub(super) fn new(seed: u64) -> Self {
        Hashing(SharedSeed::from_u64(seed))
    }

    /// The cell of a text.
    #[inline]
    pub(super) fn text(&self, text: &str) -> u64 {
        self.hash(TEXT_SALT, text.as_bytes()) & !KIND | TEXT
    }

    /// The cell of a nested view.
    pub(super) fn view(&self, id: &str) -> u64 {
        self.hash(VIEW_SALT, id.as_bytes()) & !KIND | TEXT
    }

    /// The cell of a component.
    pub(super) fn component(&self, cid: u32) -> u64 {
        self.hash(PART_SALT, &cid.to_le_bytes()) & !KIND | TEXT
    }

    /// The cell of a stream, whatever is in it.
    pub(super) fn stream(&self, body: &Template, number: u32) -> u64 {
        self.stream_body(body) | u64::from(number) << 2 & STREAM_NUMBER | TEXT
    }

    /// The number of the stream with this cell; none when it is the cell of something else.
    pub(super) fn stream_before(&self, body: &Template, cell: u64) -> Option<u32> {
        let number = (cell & STREAM_NUMBER) >> 2;
        (cell == self.stream_body(body) | number << 2 | TEXT).then_some(number as u32)
    }

    fn stream_body(&self, body: &Template) -> u64 {
        self.hash(STREAM_SALT, &identity(body).to_le_bytes()) & !STREAM_NUMBER & !KIND
    }

    /// The cell of an entry's key, or of its index where it has none.
    #[inline]
    pub(super) fn key(&self, key: Option<&[u8]>, index: usize) -> u64 {
        key.map_or(index as u64, |key| self.hash(KEY_SALT, key) | KEYED)
    }

    #[inline]
    fn hash(&self, salt: u64, bytes: &[u8]) -> u64 {
        let mut hasher = FoldHasher::with_seed(salt, &self.0);
        hasher.write(bytes);
        hasher.finish()
    }
}

/// Whether the cell of a key is that of an index.
#[inline]
pub(super) fn is_index(key: u64) -> bool {
    key & KEYED == 0
}
