//! Values that are compared with what the client holds.

use super::RenderError;
use super::cells;
use super::encoder::Encoder;
use crate::html::Child;
use crate::json;
use crate::tape::Node;
use crate::template::Template;

impl Encoder<'_> {
    /// The members of a node that the client holds, whose slots' cells begin at `at`: the values that have changed.
    pub(super) fn compare_slots(
        &mut self,
        template: &'static Template,
        mut at: usize,
    ) -> Result<(), RenderError> {
        for slot in 0..template.slots() {
            at = self.compare(slot, at)?;
        }
        Ok(())
    }

    /// The value of the next slot, as a member if it differs from the one at `at`. Gives where the value after that begins.
    #[inline]
    fn compare(&mut self, slot: usize, at: usize) -> Result<usize, RenderError> {
        let held = cells::cell(self.old, at);
        match self.tape.next() {
            Node::Text(text) => self.compare_text(slot, text, held),
            Node::View(child) => self.compare_view(slot, child, held),
            Node::Component(call) => self.compare_component(slot, call.cid(), held),
            Node::Template(template) if held == cells::template(template) => {
                self.compare_template(slot, template, at)?;
            }
            Node::Loop { body, count } if held == cells::list(body) && (count > 0 || !self.forgets_loops) => {
                self.compare_list(slot, body, count, at)?;
            }
            Node::Stream { body, count, mark } => self.compare_stream(slot, body, count, mark, held)?,
            Node::Loop { count: 0, .. } => self.compare_text(slot, "", held),
            node => {
                json::name(&mut self.out, slot);
                self.whole(node)?;
            }
        }
        Ok(cells::end(self.old, at))
    }

    #[inline]
    fn compare_text(&mut self, slot: usize, text: &str, held: u64) {
        let cell = self.hashing.text(text);
        self.new.push(cell);
        if cell != held {
            json::name(&mut self.out, slot);
            json::string(&mut self.out, text);
        }
    }

    fn compare_view(&mut self, slot: usize, child: &Child, held: u64) {
        let cell = self.hashing.view(&child.id);
        self.new.push(cell);
        if cell != held {
            json::name(&mut self.out, slot);
            self.view(child);
        }
    }

    /// A component that has changed inside is named again: else the client would leave alone what is around it (spec §3.5).
    fn compare_component(&mut self, slot: usize, cid: u32, held: u64) {
        let cell = self.hashing.component(cid);
        self.new.push(cell);
        if cell != held || self.touched.is_some_and(|touched| touched.contains(&cid)) {
            json::name(&mut self.out, slot);
            json::number(&mut self.out, cid as usize);
        }
    }

    fn compare_template(
        &mut self,
        slot: usize,
        template: &'static Template,
        at: usize,
    ) -> Result<(), RenderError> {
        let before = self.out.len();
        json::name(&mut self.out, slot);
        self.out.push('{');
        let inside = self.out.len();
        let start = self.begin(cells::template(template));
        self.compare_slots(template, at + 2)?;
        self.end(start);
        self.close(before, inside);
        Ok(())
    }

    fn compare_list(
        &mut self,
        slot: usize,
        body: &'static Template,
        count: usize,
        at: usize,
    ) -> Result<(), RenderError> {
        let before = self.out.len();
        json::name(&mut self.out, slot);
        self.out.push_str("{\"k\":{");
        let inside = self.out.len();
        let start = self.begin(cells::list(body));
        self.new.push(count as u64);
        let held = (cells::cell(self.old, at + 2) as usize).min(self.old.len());
        let moved = self.compare_entries(body, count, held, at + 3)?;
        self.end(start);
        if self.out.len() == inside && count == held {
            self.out.truncate(before);
            return Ok(());
        }
        json::separate(&mut self.out);
        self.out.push_str("\"kc\":");
        json::number(&mut self.out, count);
        self.out.push_str(if moved { ",\"km\":true}}" } else { "}}" });
        Ok(())
    }

    /// Closes an object that was opened in vain if nothing stands in it, and takes it back to `before` then.
    pub(super) fn close(&mut self, before: usize, inside: usize) {
        if self.out.len() == inside {
            self.out.truncate(before);
        } else {
            self.out.push('}');
        }
    }
}
