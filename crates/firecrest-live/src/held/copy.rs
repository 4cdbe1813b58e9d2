//! Components that are sent as a copy of another one of the same template (spec §3.5): all values are sent, but only statics that the
//! other one has not.

use super::RenderError;
use super::cells;
use super::encoder::Encoder;
use crate::json;
use crate::tape::Node;
use crate::template::Template;

impl Encoder<'_> {
    /// A component as a copy of the one whose cells are the old ones. No when it would be larger than the whole one, because it
    /// has statics that occur again: a copy cannot share them, since it has those that the other one shares.
    pub(super) fn copy(&mut self, root: &'static Template, donor: i64) -> Result<bool, RenderError> {
        self.tape.root();
        let start = self.begin(cells::template(root));
        self.copy_slots(root, 2)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str(if donor < 0 { "\"s\":-" } else { "\"s\":" });
        json::number(&mut self.out, donor.unsigned_abs() as usize);
        Ok(!self.statics.is_shared())
    }

    fn copy_slots(&mut self, template: &'static Template, mut at: usize) -> Result<(), RenderError> {
        for slot in 0..template.slots() {
            json::name(&mut self.out, slot);
            let held = cells::cell(self.old, at);
            match self.tape.next() {
                Node::Template(template) if held == cells::template(template) => {
                    self.copy_template(template, at)?;
                }
                Node::Loop { body, count } if count > 0 && held == cells::list(body) => {
                    self.copy_list(body, count)?;
                }
                node => self.whole(node)?,
            }
            at = cells::end(self.old, at);
        }
        Ok(())
    }

    fn copy_template(&mut self, template: &'static Template, at: usize) -> Result<(), RenderError> {
        let start = self.begin(cells::template(template));
        self.out.push('{');
        self.copy_slots(template, at + 2)?;
        self.end(start);
        self.out.push('}');
        Ok(())
    }

    /// The statics of a loop are those of the other one; its entries are new ones.
    fn copy_list(&mut self, body: &'static Template, count: usize) -> Result<(), RenderError> {
        let start = self.begin(cells::list(body));
        self.new.push(count as u64);
        self.out.push_str("{\"k\":{");
        self.all_entries(body, count)?;
        self.end(start);
        json::separate(&mut self.out);
        self.out.push_str("\"kc\":");
        json::number(&mut self.out, count);
        self.out.push_str("}}");
        Ok(())
    }
}
