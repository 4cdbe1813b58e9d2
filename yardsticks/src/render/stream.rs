//! A list of which the server keeps nothing.

use std::hint::black_box;

use firecrest::live::{Held, Html, Members, RenderError, Stream};
use firecrest::prelude::html;
use yardsticks::Cost;

use super::measure::{SEED, no_view};

/// Insertions that are measured at a time, so that looking at the clock costs nothing.
const BATCH: usize = 100;

/// A list, as one client holds it.
pub(crate) struct List {
    lines: Stream<Line>,
    held: Held,
    next: u64,
}

struct Line {
    number: u64,
    text: String,
}

impl List {
    /// A list whose client has been sent so many lines.
    pub(crate) fn shown(lines: u64) -> Result<Self, RenderError> {
        let ids = Stream::new(|line: &Line| format!("line-{}", line.number));
        // The numbers have the same length, however many lines there are.
        let mut list = List { lines: ids, held: Held::new(SEED), next: 10_000_000 };
        for _ in 0..lines {
            list.append();
        }
        list.message()?;
        Ok(list)
    }

    /// One line more, and the message about it.
    pub(crate) fn insert(&mut self) -> Result<Members, RenderError> {
        self.append();
        self.message()
    }

    /// Counts what some insertions cost, and gives the length of the last message.
    pub(crate) fn measure(&mut self, cost: &mut Cost) -> Result<usize, RenderError> {
        let last = cost.of(BATCH, || {
            for _ in 1..BATCH {
                black_box(self.insert()?);
            }
            self.insert()
        })?;
        Ok(last.to_string().len())
    }

    fn append(&mut self) {
        self.next += 1;
        self.lines.append(Line { number: self.next, text: format!("Line {}", self.next) });
    }

    fn message(&mut self) -> Result<Members, RenderError> {
        self.held.diff(&self.tree(), &mut no_view)
    }

    fn tree(&self) -> Html {
        html! {
            <ul id="lines" phx-update="stream">
                stream (id, line) in &self.lines { <li id={id}>{&line.text}</li> }
            </ul>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insertion_is_one_line_however_many_there_are() {
        for lines in [0, 10, 1_000] {
            let mut list = List::shown(lines).unwrap();
            let number = 10_000_001 + lines;
            let entry = format!(r#"{{"0":{{"0":" id=\"line-{number}\"","1":"Line {number}"}},"kc":1}}"#);
            let stream = format!(r#"["0",[["line-{number}",-1,null,false]],[]]"#);
            let message = format!(r#"{{"0":{{"k":{entry},"stream":{stream}}}}}"#);
            assert_eq!(list.insert().unwrap().to_string(), message);
        }
    }

    #[test]
    fn a_batch_counts_as_many_insertions() {
        let (mut list, mut cost) = (List::shown(3).unwrap(), Cost::default());
        assert_eq!(list.measure(&mut cost).unwrap(), list.insert().unwrap().to_string().len());
        assert_eq!(cost.units(), BATCH as u64);
    }
}
