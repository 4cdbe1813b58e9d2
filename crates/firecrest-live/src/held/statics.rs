//! Templates that several nodes of one message share.
//!
//! A template that occurs once is written where it occurs. Of one that occurs more often, each node has the number, and the
//! node at the top has the statics (`p`, spec §3.1). Which of the two it is, is known at the end of the message only: what
//! the first occurrence says is put in then.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::keys::Ready;
use crate::json;
use crate::template::Template;

/// The templates of one message.
#[derive(Default)]
pub(super) struct Statics {
    used: Vec<Used>,
    by_fingerprint: HashMap<u64, usize, BuildHasherDefault<Ready>>,
    /// How many are used more than once.
    shared: usize,
}

struct Used {
    template: &'static Template,
    /// Where in the message the first occurrence is.
    at: usize,
    /// Its number, once it occurs again.
    number: Option<usize>,
}

impl Statics {
    /// Writes what stands for a template's statics, at the end of the message so far.
    pub(super) fn write(&mut self, out: &mut String, template: &'static Template) {
        let Statics { used, by_fingerprint, shared } = self;
        let next = used.len();
        let known = *by_fingerprint.entry(template.fingerprint).or_insert(next);
        let Some(known) = used.get_mut(known) else {
            return used.push(Used { template, at: out.len(), number: None });
        };
        let number = *known.number.get_or_insert_with(|| {
            *shared += 1;
            *shared - 1
        });
        json::number(out, number);
    }

    /// Whether any template is used more than once.
    pub(super) fn is_shared(&self) -> bool {
        self.shared > 0
    }

    /// The whole message.
    pub(super) fn finish(self, message: String) -> String {
        if self.used.is_empty() {
            return message;
        }
        let statics: usize = self.used.iter().map(|used| used.template.sent().len() + 8).sum();
        let mut out = String::with_capacity(message.len() + statics);
        let mut from = 0;
        for used in &self.used {
            out.push_str(&message[from..used.at]);
            from = used.at;
            match used.number {
                Some(number) => json::number(&mut out, number),
                None => out.push_str(used.template.sent()),
            }
        }
        out.push_str(&message[from..]);
        self.write_shared(&mut out);
        out
    }

    fn write_shared(&self, out: &mut String) {
        if self.shared == 0 {
            return;
        }
        json::separate(out);
        out.push_str("\"p\":{");
        for used in &self.used {
            if let Some(number) = used.number {
                json::name(out, number);
                out.push_str(used.template.sent());
            }
        }
        out.push('}');
    }
}
