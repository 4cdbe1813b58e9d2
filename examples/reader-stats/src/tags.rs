//! Where the readers of a page are (B014–B018).

use std::collections::BTreeMap;
use std::time::Duration;

use firecrest::viewers::ViewerId;
use tokio::time::Instant;

/// How often a reader may report a place, in the long run (B015).
const PAUSE: Duration = Duration::from_millis(50);

/// How much faster for a while: a network may hand over at once what was sent one after another. 20 reports.
const BURST: Duration = Duration::from_millis(950);

/// Most tags that are shown: those of the readers who came last.
const SHOWN: usize = 50;

/// Degrees on the wheel of colours from one tag to the next: neighbours are far apart, and it never comes full circle.
const STEP: f64 = 137.508;

/// A tag for each reader.
#[derive(Default)]
pub(crate) struct Tags {
    tags: BTreeMap<ViewerId, Tag>,
    /// How many there have been.
    count: u32,
}

/// A reader's tag.
pub(crate) struct Tag {
    /// How far down the page, in thousandths.
    at: u16,
    /// Its colour, in degrees.
    pub(crate) hue: u16,
    /// When the next report would be due if they came at their pace.
    due: Instant,
}

impl Tags {
    /// Adds a reader's tag, at the top of the page.
    pub(crate) fn add(&mut self, reader: ViewerId, now: Instant) {
        let hue = (f64::from(self.count) * STEP % 360.0) as u16;
        self.tags.insert(reader, Tag { at: 0, hue, due: now });
        self.count = self.count.wrapping_add(1);
    }

    pub(crate) fn remove(&mut self, reader: ViewerId) {
        self.tags.remove(&reader);
    }

    /// Moves a reader's tag to this fraction of the page, unless it has moved too often.
    pub(crate) fn place(&mut self, reader: ViewerId, at: f64, now: Instant) {
        // What is no number is the top.
        let at = (at.clamp(0.0, 1.0) * 1000.0).round() as u16;
        if let Some(tag) = self.tags.get_mut(&reader)
            && tag.at != at
            && tag.may_move(now)
        {
            tag.at = at;
        }
    }

    /// The tags that are shown, the newest first.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (ViewerId, &Tag)> {
        self.tags.iter().rev().take(SHOWN).map(|(reader, tag)| (*reader, tag))
    }

    /// How many are not.
    pub(crate) fn hidden(&self) -> usize {
        self.tags.len().saturating_sub(SHOWN)
    }
}

impl Tag {
    /// How far down the page, in percent.
    pub(crate) fn percent(&self) -> f64 {
        f64::from(self.at) / 10.0
    }

    fn may_move(&mut self, now: Instant) -> bool {
        let may = self.due <= now + BURST;
        if may {
            self.due = self.due.max(now) + PAUSE;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use firecrest::Endpoint;
    use firecrest::viewers::Viewing;

    use super::*;

    fn readers(count: usize) -> Vec<Viewing> {
        let endpoint = Endpoint::builder().build().unwrap();
        let viewers = endpoint.viewers("post");
        (0..count).map(|_| viewers.enter()).collect()
    }

    fn shown(tags: &Tags) -> Vec<f64> {
        tags.shown().map(|(_, tag)| tag.percent()).collect()
    }

    #[test]
    fn b015_a_reader_moves_at_most_twenty_times_a_second() {
        let (reader, start) = (readers(1)[0].id(), Instant::now());
        let mut tags = Tags::default();
        tags.add(reader, start);
        // Each is at another place: how far it comes is how often it moves.
        let mut flood = |milliseconds, from: u16| {
            let now = start + Duration::from_millis(milliseconds);
            for at in from + 1..=from + 200 {
                tags.place(reader, f64::from(at) / 1000.0, now);
            }
            (shown(&tags)[0] * 10.0).round() as u16 - from
        };
        assert_eq!(flood(0, 0), 20, "those that a network may have held up");
        assert_eq!(flood(49, 20), 0);
        assert_eq!(flood(50, 20), 1);
        assert_eq!(flood(550, 21), 10);
        assert_eq!(flood(60_000, 31), 20, "no more is saved up");
    }

    #[test]
    fn b015_a_place_is_on_the_page() {
        let (reader, now) = (readers(1)[0].id(), Instant::now());
        for (at, percent) in
            [(0.4321, 43.2), (-3.0, 0.0), (1e300, 100.0), (f64::NAN, 0.0), (f64::INFINITY, 100.0)]
        {
            let mut tags = Tags::default();
            tags.add(reader, now);
            tags.place(reader, at, now);
            assert_eq!(shown(&tags), [percent], "{at}");
        }
    }

    #[test]
    fn b014_the_newest_fifty_are_shown_and_the_others_counted() {
        let (readers, now) = (readers(53), Instant::now());
        let mut tags = Tags::default();
        for (at, reader) in readers.iter().enumerate() {
            tags.add(reader.id(), now);
            tags.place(reader.id(), at as f64 / 1000.0, now);
        }
        assert_eq!((shown(&tags).len(), tags.hidden()), (50, 3));
        assert_eq!((shown(&tags)[0], shown(&tags)[49]), (5.2, 0.3));
        tags.remove(readers[52].id());
        assert_eq!((shown(&tags)[0], shown(&tags)[49], tags.hidden()), (5.1, 0.2, 2));
    }

    #[test]
    fn b018_who_has_gone_has_no_tag_to_move() {
        let (readers, now) = (readers(2), Instant::now());
        let mut tags = Tags::default();
        tags.add(readers[0].id(), now);
        tags.remove(readers[0].id());
        tags.place(readers[0].id(), 0.5, now);
        tags.place(readers[1].id(), 0.5, now);
        assert_eq!(tags.shown().count(), 0);
    }
}
