//! Cutting long lists of rows into messages.

use super::Op;

/// What a row takes beyond its texts and its meta, at most.
const OVERHEAD: usize = 40;

/// Cuts rows into parts of at most this many bytes, in order; a row that is larger is a part of its own. There is always
/// one part.
pub(crate) fn split(ops: Vec<Op>, max_bytes: usize) -> Vec<Vec<Op>> {
    let (mut parts, mut part, mut bytes) = (Vec::new(), Vec::new(), 0);
    for op in ops {
        let size = size(&op);
        if !part.is_empty() && bytes + size > max_bytes {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += size;
        part.push(op);
    }
    parts.push(part);
    parts
}

/// How many bytes a row takes, at most.
pub(crate) fn size(op: &Op) -> usize {
    let meta = op.fate.meta().map_or(0, |meta| meta.as_bytes().len());
    OVERHEAD + op.row.topic.len() + op.row.key.len() + meta
}
