//! Where in the source a page comes from: comments around templates, and the lines of tags (F018, F019).

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ANNOTATES: AtomicBool = AtomicBool::new(false);

/// Has pages say where in the source they come from, or not: for the whole process, from the next template on that is sent.
///
/// Around each template stand comments with the function, file and line that it is in, before each component one with the
/// line of its call, and each tag has its line in `data-phx-loc`. Only what was compiled with debug assertions knows this;
/// of a release nothing is told. Off unless asked for. Decide before the first page is rendered: what a client has already
/// got is not sent again.
///
/// A template that stands inside a `<title>` or `<textarea>` shows its comments there as text.
pub fn annotate(on: bool) {
    ANNOTATES.store(on, Ordering::Relaxed);
}

/// Whether pages say where in the source they come from.
#[inline]
pub fn annotates() -> bool {
    cfg!(debug_assertions) && ANNOTATES.load(Ordering::Relaxed)
}

/// Where a template stands in the source: what `html!` writes beside it.
pub struct Source {
    name: Name,
    file: &'static str,
    line: u32,
    marks: &'static [Mark],
    annotated: OnceLock<Annotated>,
}

/// What a template is.
#[derive(Clone, Copy)]
pub enum Name {
    /// A whole template. The function tells the path of one that stands beside it.
    Whole(fn() -> &'static str),
    /// The content of a component.
    Content(&'static str),
    /// A branch or the body of a loop, which has no comment of its own.
    Branch,
}

/// A place in the statics that comes from a line of the source: which of the statics, how many bytes of it are before the place,
/// the line, and whether a component is called there; otherwise it is behind the name of a tag.
type Mark = (u32, u32, u32, bool);

/// The statics with everything that is said of the source.
pub(crate) struct Annotated {
    pub(crate) statics: &'static [&'static str],
    pub(crate) json: &'static str,
}

impl Source {
    /// The marks are in the order of the statics.
    pub const fn new(name: Name, file: &'static str, line: u32, marks: &'static [Mark]) -> Source {
        Source { name, file, line, marks, annotated: OnceLock::new() }
    }

    /// What is sent in the place of these statics. It is made once for each template of the program, and stays.
    pub(crate) fn annotated(&self, statics: &[&'static str]) -> &Annotated {
        self.annotated.get_or_init(|| {
            let mut pieces: Vec<String> = statics.iter().map(|piece| (*piece).to_owned()).collect();
            // From the end on, so that what comes before stays where it is.
            for (piece, at, line, is_call) in self.marks.iter().rev() {
                if let Some(piece) = pieces.get_mut(*piece as usize) {
                    piece.insert_str(*at as usize, &self.mark(*line, *is_call));
                }
            }
            if let (Some(name), Some(last)) = (self.name(), pieces.last_mut()) {
                last.push_str(&format!("<!-- </{name}> -->"));
                pieces[0].insert_str(0, &format!("<!-- <{name}> {} -->", self.place(self.line)));
            }
            let json = serde_json::Value::from(pieces.clone()).to_string();
            let statics: Vec<&'static str> = pieces.into_iter().map(|piece| &*piece.leak()).collect();
            Annotated { statics: statics.leak(), json: json.leak() }
        })
    }

    fn mark(&self, line: u32, is_call: bool) -> String {
        match is_call {
            true => format!("<!-- @caller {} -->", self.place(line)),
            false => format!(" data-phx-loc=\"{line}\""),
        }
    }

    fn name(&self) -> Option<String> {
        match self.name {
            Name::Whole(beside) => Some(inside_comment(&function(beside()))),
            Name::Content(slot) => Some(format!(":{slot}")),
            Name::Branch => None,
        }
    }

    fn place(&self, line: u32) -> String {
        inside_comment(&format!("{}:{line}", self.file))
    }
}

/// The function around one that stands in it, without the trait that it implements.
fn function(inner: &str) -> String {
    let path = inner.rsplit_once("::").map_or(inner, |(outer, _)| outer);
    let of_trait = path.strip_prefix('<').and_then(|path| path.split_once(" as "));
    match of_trait.and_then(|(ty, rest)| Some((ty, rest.rsplit_once(">::")?.1))) {
        Some((ty, function)) => format!("{ty}::{function}"),
        None => path.to_owned(),
    }
}

/// Text that does not end a comment, on one line.
fn inside_comment(text: &str) -> String {
    text.replace("--", "- -").replace(['\n', '\r'], " ")
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place(self.line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f018_a_method_of_a_trait_is_shown_as_one_of_its_type() {
        for (inner, shown) in [
            ("<app::Counter as firecrest::LiveView>::render::here", "app::Counter::render"),
            ("app::parts::Modal::here", "app::parts::Modal"),
            ("<app::List<app::Row> as live::View<app::Row>>::render::here", "app::List<app::Row>::render"),
            ("odd", "odd"),
        ] {
            assert_eq!(function(inner), shown);
        }
    }

    #[test]
    fn f018_no_file_name_ends_a_comment() {
        assert_eq!(inside_comment("a--b-->\nc"), "a- -b- -> c");
    }
}
