//! The constant part of a template.

use crate::source::{Source, annotates};

/// The constant part of a template: `html!` makes one `static` of it for each template and each branch of one.
///
/// The values that stand between the constant pieces are its *slots*; they are written into an [`Html`](crate::Html).
#[derive(Debug)]
pub struct Template {
    /// What tells this template from all others: equal fingerprints mean equal statics and slots of the same meaning
    /// (spec §3.3). Never sent. It is the same in every process and every build of the same source; its two highest bits
    /// are not compared.
    pub fingerprint: u64,
    /// The pieces around the slots, one more than there are slots: HTML, as it is sent (F042).
    pub statics: &'static [&'static str],
    /// The statics as the text of a JSON array.
    pub json: &'static str,
    /// Whether it renders exactly one root element whatever its slots are (F017). Nested templates of which this is true
    /// carry the root flag, with which the client leaves an untouched element alone (spec §3.8).
    pub is_root: bool,
    /// Where it stands in the source; none in what is compiled without debug assertions.
    #[doc(hidden)]
    pub source: Option<&'static Source>,
}

/// A template around a single value.
pub(crate) static BARE: Template = Template {
    fingerprint: 0x0e5c_52f1_9d1b_7a01,
    statics: &["", ""],
    json: r#"["",""]"#,
    is_root: false,
    source: None,
};

/// The template of what renders nothing.
pub(crate) static EMPTY: Template = Template {
    fingerprint: 0x0e5c_52f1_9d1b_7a02,
    statics: &[""],
    json: r#"[""]"#,
    is_root: false,
    source: None,
};

impl Template {
    /// How many values stand between the statics.
    pub const fn slots(&self) -> usize {
        self.statics.len().saturating_sub(1)
    }

    /// The statics as they are sent.
    #[inline]
    pub(crate) fn pieces(&self) -> &'static [&'static str] {
        match self.source.filter(|_| annotates()) {
            Some(source) => source.annotated(self.statics).statics,
            None => self.statics,
        }
    }

    /// The statics as they are sent, as the text of a JSON array.
    #[inline]
    pub(crate) fn sent(&self) -> &'static str {
        match self.source.filter(|_| annotates()) {
            Some(source) => source.annotated(self.statics).json,
            None => self.json,
        }
    }
}
