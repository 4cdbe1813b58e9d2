//! Cutting long lists of rows into messages.

use super::{Op, TopicCount, Version};
use crate::Meta;

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
    row_size(&op.row.topic, &op.row.key, op.fate.meta())
}

/// The same of a row that is none yet.
pub(crate) fn row_size(topic: &str, key: &str, meta: Option<&Meta>) -> usize {
    OVERHEAD + topic.len() + key.len() + meta.map_or(0, |meta| meta.as_bytes().len())
}

/// How many bytes this takes, at most.
pub(crate) fn version_size(version: &Version) -> usize {
    OVERHEAD + version.node.name().len()
}

/// The same of a topic's number.
pub(crate) fn count_size(count: &TopicCount) -> usize {
    OVERHEAD + count.topic.len()
}

/// How many of these sizes fit, at least one if there is one.
pub(crate) fn fitting(sizes: impl Iterator<Item = usize>, max_bytes: usize) -> usize {
    let mut bytes = 0_usize;
    let fits = |(place, size): &(usize, usize)| {
        bytes = bytes.saturating_add(*size);
        *place == 0 || bytes <= max_bytes
    };
    sizes.enumerate().take_while(fits).count()
}
