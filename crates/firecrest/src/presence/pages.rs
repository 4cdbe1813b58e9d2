//! What clients are sent: states and diffs, in messages of a size that a client can take.

use std::sync::Arc;

use firecrest_presence::{ConnectionId, Kind, RowChange, ToldRow};
use firecrest_wire::{Payload, Text};
use serde::Serialize;

use super::Listing;
use super::fetch::Members;
use super::listing::Shown;

/// Where a message ends, in bytes of keys and metas: a quarter of what may wait for a client.
pub(super) const PAGE_BYTES: usize = 256 * 1024;

/// Where it ends even within a key, of which clients put together what they have and what comes.
const TEAR_BYTES: usize = 2 * PAGE_BYTES;

/// The row behind which a page begins.
pub(super) type Cursor = (Arc<str>, ConnectionId);

/// What is said to clients.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) event: &'static str,
    pub(super) payload: Payload,
}

/// Some of a state's keys, in order.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) rows: Listing,
    /// Whether it is the first of its state.
    pub(super) is_first: bool,
    /// The last row, when there are more.
    pub(super) next: Option<Cursor>,
}

impl Page {
    /// The page behind a row, or the first. Keys are torn apart only where they are very large.
    pub(super) fn of(told: &[ToldRow], after: Option<&Cursor>, max_keys: usize) -> Self {
        let is_before =
            |row: &ToldRow, (key, connection): &Cursor| (&row.key, row.connection) <= (key, *connection);
        let start = after.map_or(0, |after| told.partition_point(|row| is_before(row, after)));
        let rest = &told[start..];
        let sizes = rest.iter().map(|row| (&row.key, row.key.len() + row.meta.as_bytes().len()));
        let end = end(sizes, max_keys);
        let next = (end < rest.len()).then(|| (rest[end - 1].key.clone(), rest[end - 1].connection));
        let rows = Listing::new(rest[..end].iter().map(Shown::told).collect());
        Page { rows, is_first: after.is_none(), next }
    }

    /// The first is a state, and takes the place of what the client has; the others are diffs that add to it.
    pub(super) fn said(self, members: &mut Members) -> Option<Said> {
        let rows = self.rows.with(members);
        match self.is_first {
            true => Some(Said { event: "presence_state", payload: payload(&rows) }),
            false if rows.is_empty() => None,
            false => Some(diff(&rows, &Listing::default())),
        }
    }
}

/// Who came and who went in a diff: an update is both.
#[derive(Clone, Debug)]
pub(super) struct Turnover {
    pub(super) joins: Listing,
    pub(super) leaves: Listing,
}

impl Turnover {
    /// The changes in messages, in order.
    pub(super) fn pages(changes: &[RowChange], max_keys: usize) -> Vec<Self> {
        let mut pages = Vec::new();
        let mut rest = changes;
        while !rest.is_empty() {
            let (page, behind) =
                rest.split_at(end(rest.iter().map(|change| (&change.key, size(change))), max_keys));
            pages.push(Turnover::of(page));
            rest = behind;
        }
        pages
    }

    fn of(changes: &[RowChange]) -> Self {
        let (mut joins, mut leaves) = (Vec::new(), Vec::new());
        for change in changes {
            let shown = |(meta, version)| Shown::new(&change.key, change.connection, meta, version);
            let (before, after) = sides(change);
            joins.extend(after.map(shown));
            leaves.extend(before.map(shown));
        }
        Turnover { joins: Listing::new(joins), leaves: Listing::new(leaves) }
    }

    pub(super) fn said(self, joins: &mut Members, leaves: &mut Members) -> Said {
        diff(&self.joins.with(joins), &self.leaves.with(leaves))
    }
}

/// How many rows, given by their key and their size, are in the first page; at least one if there is one.
fn end<'a>(rows: impl Iterator<Item = (&'a Arc<str>, usize)>, max_keys: usize) -> usize {
    let (mut keys, mut bytes, mut end, mut last) = (0, 0, 0, None);
    for (key, size) in rows {
        let is_new = last != Some(key);
        if is_new && (keys == max_keys || bytes > PAGE_BYTES) || bytes > TEAR_BYTES {
            break;
        }
        keys += usize::from(is_new);
        bytes += size;
        end += 1;
        last = Some(key);
    }
    end
}

/// How many bytes of key and metas a change has.
pub(super) fn size(change: &RowChange) -> usize {
    let (before, after) = sides(change);
    let len = |side: Option<Side<'_>>| side.map_or(0, |(meta, _)| meta.as_bytes().len());
    change.key.len() + len(before) + len(after)
}

/// What was told before and what is told now, with the versions that clients know these by. Who leaves may leave with a meta that was
/// never told, under the ref of the one that was (P080).
fn sides(change: &RowChange) -> (Option<Side<'_>>, Option<Side<'_>>) {
    let (before, after) = match &change.kind {
        Kind::Join { meta } => (None, Some(meta)),
        Kind::Leave { meta } => (Some(meta), None),
        Kind::Update { before, meta } => (Some(before), Some(meta)),
    };
    (before.zip(change.before), after.zip(change.after))
}

type Side<'a> = (&'a firecrest_presence::Meta, u64);

/// Both members are always there: the client cannot do without.
fn diff(joins: &Listing, leaves: &Listing) -> Said {
    #[derive(Serialize)]
    struct Diff<'a> {
        joins: &'a Listing,
        leaves: &'a Listing,
    }
    Said { event: "presence_diff", payload: payload(&Diff { joins, leaves }) }
}

fn payload(value: &impl Serialize) -> Payload {
    // Keys are text and metas are JSON: there is always a form.
    Payload::json(value).unwrap_or_else(|_| Payload::Json(Text::from("{}")))
}
