//! An element whose tag is chosen at run time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::component;
use crate::html::Html;
use crate::slots::{Attrs, SlotFn};
use crate::template::Template;

/// Most bytes of a tag's name.
const MAX_BYTES: usize = 64;

/// Elements that have no content, whose content is not HTML, or of which a page has one: in the place of another element they
/// would change how what follows is read.
const REFUSED: [&str; 36] = [
    "area",
    "base",
    "basefont",
    "bgsound",
    "body",
    "br",
    "col",
    "command",
    "embed",
    "frame",
    "frameset",
    "head",
    "hr",
    "html",
    "iframe",
    "image",
    "img",
    "input",
    "keygen",
    "link",
    "listing",
    "meta",
    "noembed",
    "noframes",
    "noscript",
    "param",
    "plaintext",
    "script",
    "source",
    "style",
    "template",
    "textarea",
    "title",
    "track",
    "wbr",
    "xmp",
];

/// An element whose tag is chosen at run time (F035). Other attributes are those of the element.
///
/// ```
/// use firecrest_live::{Tag, TagName, html};
///
/// let (level, title) = (2, "Birds");
/// let name = TagName::new(["h1", "h2", "h3"][level - 1]);
/// let heading = html! { <Tag name={&name} class="title">{title}</Tag> };
/// assert_eq!(heading.to_string(), r#"<h2 class="title">Birds</h2>"#);
/// ```
#[component]
pub fn Tag(name: &TagName, #[rest] rest: Attrs<'_>, children: SlotFn<'_>) -> Html {
    let mut html = Html::new(&TAG);
    html.slot(name.as_str());
    html.attributes(&rest);
    html.slot(&children);
    html.slot(name.as_str());
    html
}

static TAG: Template = Template {
    fingerprint: 0x0e5c_52f1_9d1b_7a03,
    statics: &["<", "", ">", "</", ">"],
    json: r#"["<","",">","</",">"]"#,
    is_root: true,
    source: None,
};

/// The name of a tag, which is one and nothing else: at most 64 letters, digits and `-`, a letter first, and none of an element
/// whose content is not HTML, such as `script` and `textarea`, that has no content, such as `input`, or of which a page has
/// only one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagName(Cow<'static, str>);

/// It is not the name of a tag that can be chosen at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagNameError {
    /// It is empty, longer than 64 bytes, or has other characters than letters, digits and `-`.
    #[error("the name of a tag is a letter and up to 63 more letters, digits and `-`")]
    NoName,
    /// Its content would not be read as HTML, or it has none.
    #[error("this element cannot stand in the place of another: its content is not HTML, or it has none")]
    Refused,
}

impl TagName {
    /// A name that stands in the source. What comes from elsewhere is parsed: `text.parse::<TagName>()`.
    ///
    /// # Panics
    /// When it is no such name; in a constant, at compile time.
    pub const fn new(name: &'static str) -> TagName {
        match check(name) {
            Ok(()) => TagName(Cow::Borrowed(name)),
            Err(TagNameError::NoName) => panic!("the name of a tag is letters, digits and `-`"),
            Err(TagNameError::Refused) => panic!("this element cannot stand in the place of another"),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TagName {
    type Err = TagNameError;

    fn from_str(name: &str) -> Result<TagName, TagNameError> {
        check(name).map(|()| TagName(Cow::Owned(name.to_owned())))
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn check(name: &str) -> Result<(), TagNameError> {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_BYTES || !bytes[0].is_ascii_alphabetic() {
        return Err(TagNameError::NoName);
    }
    let mut at = 1;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() && bytes[at] != b'-' {
            return Err(TagNameError::NoName);
        }
        at += 1;
    }
    let mut at = 0;
    while at < REFUSED.len() {
        if bytes.eq_ignore_ascii_case(REFUSED[at].as_bytes()) {
            return Err(TagNameError::Refused);
        }
        at += 1;
    }
    Ok(())
}
