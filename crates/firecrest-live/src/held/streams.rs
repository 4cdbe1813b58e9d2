//! Streams (spec §3.6): nothing is held of one but its number and which template its entries have.

use std::cell::Cell;

use super::RenderError;
use super::encoder::Encoder;
use crate::call::Call;
use crate::html::{Child, Inside, write_slots};
use crate::json;
use crate::stream::{Mark, Sent, item};
use crate::template::Template;

/// What a message says of streams.
#[derive(Default)]
pub(super) struct Told {
    /// The number of the view's next stream.
    pub(super) next: u32,
    /// The streams whose operations are in the message, and their numbers.
    sent: Vec<(Sent, u32)>,
}

/// Whether a message can be made of these streams.
pub(crate) fn check_streams<'a>(
    mut streams: impl Iterator<Item = (&'a Mark, &'static Template)>,
) -> Result<(), RenderError> {
    let mut told = Told::default();
    streams.try_for_each(|(mark, body)| told.take(body, mark, None).map(drop))
}

/// How much a message has said so far.
#[derive(Clone, Copy)]
pub(super) struct SoFar {
    next: u32,
    count: usize,
}

impl Told {
    /// Nothing yet, for a view whose next stream has this number.
    pub(super) fn new(next: u32) -> Self {
        Told { next, sent: Vec::new() }
    }

    pub(super) fn so_far(&self) -> SoFar {
        SoFar { next: self.next, count: self.sent.len() }
    }

    /// Forgets what was said since.
    pub(super) fn back_to(&mut self, so_far: SoFar) {
        self.next = so_far.next;
        self.sent.truncate(so_far.count);
    }

    /// The message is on its way: what it says does not wait any more, and the streams have their numbers. Gives the number of the
    /// view's next stream.
    pub(super) fn sent(self) -> u32 {
        self.sent.iter().for_each(|(sent, number)| sent.done(*number));
        self.next
    }

    /// A stream's operations are in this message; no other node may have them. Gives its number: the one it takes over, or its own.
    fn take(
        &mut self,
        body: &'static Template,
        mark: &Mark,
        taken_over: Option<u32>,
    ) -> Result<u32, RenderError> {
        let body = body.statics.first().copied().unwrap_or_default();
        if self.sent.iter().any(|(sent, _)| sent.is_of(mark.sent())) {
            return Err(RenderError::StreamTwice { body });
        }
        if mark.is_overfull() {
            return Err(RenderError::StreamOverfull { body });
        }
        let number = taken_over.or_else(|| mark.number()).unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        });
        self.sent.push((mark.sent().clone(), number));
        Ok(number)
    }
}

impl Encoder<'_> {
    /// A stream that the client does not hold. It is sent although nothing may be in it, so that what follows needs no statics.
    pub(super) fn stream(
        &mut self,
        body: &'static Template,
        count: usize,
        mark: &Mark,
    ) -> Result<(), RenderError> {
        let number = self.take(body, mark, None)?;
        self.new.push(self.hashing.stream(body, number));
        self.out.push_str("{\"s\":");
        self.statics.write(&mut self.out, body);
        self.out.push(',');
        self.operations(body, count, mark, number, false)
    }

    /// A stream in the place of the value with this cell.
    pub(super) fn compare_stream(
        &mut self,
        slot: usize,
        body: &'static Template,
        count: usize,
        mark: &Mark,
        held: u64,
    ) -> Result<(), RenderError> {
        let before = self.hashing.stream_before(body, held).filter(|number| *number < self.told.next);
        let Some(before) = before else {
            json::name(&mut self.out, slot);
            return self.stream(body, count, mark);
        };
        // A stream that was made anew stands where another one stood that is nowhere now: the items of that one go.
        let replaces = mark.number().is_none() && self.marks.iter().all(|mark| mark.number() != Some(before));
        let number = self.take(body, mark, replaces.then_some(before))?;
        self.new.push(self.hashing.stream(body, number));
        if mark.operations().is_none() && number == before && !replaces {
            return Ok(());
        }
        json::name(&mut self.out, slot);
        self.out.push('{');
        self.operations(body, count, mark, number, replaces)
    }

    /// What is done to a stream, and the end of its node.
    fn operations(
        &mut self,
        body: &'static Template,
        count: usize,
        mark: &Mark,
        number: u32,
        replaces: bool,
    ) -> Result<(), RenderError> {
        self.out.push_str("\"k\":{");
        let before = self.new.len();
        for index in 0..count {
            self.check_item(body, mark, index)?;
            self.tape.key();
            self.new_entry(body, index, 0)?;
            self.new.truncate(before);
        }
        json::separate(&mut self.out);
        self.out.push_str("\"kc\":");
        json::number(&mut self.out, count);
        self.out.push_str("},\"stream\":[\"");
        json::number(&mut self.out, number as usize);
        self.out.push_str("\",");
        let operations = mark.operations();
        self.out.push_str(operations.map_or("[],[]", |operations| &operations.json));
        let resets = replaces || operations.is_some_and(|operations| operations.resets);
        self.out.push_str(if resets { ",true]}" } else { "]}" });
        Ok(())
    }

    fn take(
        &mut self,
        body: &'static Template,
        mark: &Mark,
        taken_over: Option<u32>,
    ) -> Result<u32, RenderError> {
        if self.forgets_loops {
            let body = body.statics.first().copied().unwrap_or_default();
            return Err(RenderError::StreamShared { body });
        }
        self.told.take(body, mark, taken_over)
    }

    /// Fails unless the element that comes next has the id that the client knows the item by. What stands for another view or
    /// a component is not known here.
    fn check_item(&self, body: &'static Template, mark: &Mark, index: usize) -> Result<(), RenderError> {
        let mut tape = self.tape.clone();
        tape.key();
        let (mut html, is_other) = (String::new(), Cell::new(false));
        let child = &mut |_: &Child, _: &mut String| is_other.set(true);
        let component = &|_: &Call| {
            is_other.set(true);
            None
        };
        write_slots(body, &mut tape, &mut html, &mut Inside { child, component });
        if item::has_id(&html, mark.id(index)) || (is_other.get() && !html.contains('<')) {
            return Ok(());
        }
        let html = html.chars().take(80).collect();
        Err(RenderError::StreamItem { id: mark.id(index).to_owned(), html })
    }
}
