//! What is measured of a page.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use firecrest::live::{Child, Held, Members, RenderError};
use serde::Serialize;
use serde_json::Value;
use yardsticks::Cost;

use crate::board::Board;
use crate::page::Page;
use crate::stream::List;

/// The seed of the hashes; any will do where nobody attacks.
pub(crate) const SEED: u64 = 0x5eed;

/// Far enough apart that changes do not follow each other, and without a common factor with most numbers of rows.
const STRIDE: usize = 367;

/// How many items are in the page before one more comes.
const FEW: u64 = 10;
const MANY: u64 = 100_000;

/// What was found out. A cost is that of the whole page.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    rows: usize,
    /// HTML by `maud`.
    maud_ns: Cost,
    /// HTML by the templates of live views.
    html_ns: Cost,
    /// Rendering and the diff after one cell has changed.
    change_ns: Cost,
    /// The largest of those diffs.
    change_bytes: usize,
    /// Rendering and the diff after the first row has become the last.
    move_ns: Cost,
    /// The largest of those diffs.
    move_bytes: usize,
    /// How many texts there were in one of those diffs at most.
    move_cells: usize,
    /// Rendering and the message after an item was put into a stream, among few in the page and among many.
    insert_few_ns: Cost,
    insert_many_ns: Cost,
    /// The largest of those messages.
    insert_bytes: usize,
    /// Rendering and the message after one of as many components has changed, and after all were rendered.
    component_ns: Cost,
    components_ns: Cost,
    /// The largest message about one of them.
    component_bytes: usize,
}

/// Renders in turns until each kind of work has taken enough processor time.
pub(crate) fn measure(page: &mut Page, enough: Duration) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures { rows: page.len(), ..Figures::default() };
    let mut held = Held::new(SEED);
    held.full(&page.tree(), &mut no_view)?;
    let (mut few, mut many) = (List::shown(FEW)?, List::shown(MANY)?);
    let mut board = Board::shown(page.len())?;
    let mut number = 0;
    while !figures.are(enough) {
        number += 1;
        figures.maud_ns.of(1, || black_box(page.maud()));
        figures.html_ns.of(1, || black_box(page.html()));
        page.change(number as usize * STRIDE % page.len(), number);
        let changed = figures.change_ns.of(1, || diff(page, &mut held))?;
        figures.change_bytes = figures.change_bytes.max(changed.to_string().len());
        page.turn();
        let moved = figures.move_ns.of(1, || diff(page, &mut held))?.to_string();
        figures.move_bytes = figures.move_bytes.max(moved.len());
        figures.move_cells = figures.move_cells.max(texts(&serde_json::from_str(&moved)?));
        let inserted =
            few.measure(&mut figures.insert_few_ns)?.max(many.measure(&mut figures.insert_many_ns)?);
        figures.insert_bytes = figures.insert_bytes.max(inserted);
        let changed = board.measure(&mut figures.component_ns, &mut figures.components_ns)?;
        figures.component_bytes = figures.component_bytes.max(changed);
    }
    Ok(figures)
}

impl Figures {
    fn are(&self, enough: Duration) -> bool {
        let Figures { maud_ns, html_ns, change_ns, move_ns, insert_few_ns, insert_many_ns, .. } = self;
        let Figures { component_ns, components_ns, .. } = self;
        let costs = [
            maud_ns,
            html_ns,
            change_ns,
            move_ns,
            insert_few_ns,
            insert_many_ns,
            component_ns,
            components_ns,
        ];
        costs.iter().all(|cost| cost.is(enough))
    }
}

fn diff(page: &Page, held: &mut Held) -> Result<Members, RenderError> {
    held.diff(&page.tree(), &mut no_view)
}

/// The page has no view inside.
pub(crate) fn no_view(_: &Child) -> String {
    String::new()
}

/// How many texts a message has.
fn texts(message: &Value) -> usize {
    match message {
        Value::String(_) => 1,
        Value::Array(values) => values.iter().map(texts).sum(),
        Value::Object(members) => members.values().map(texts).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_work_is_measured_until_it_is_enough() {
        let enough = Duration::from_micros(200);
        let figures = measure(&mut Page::new(50), enough).unwrap();
        assert!(figures.are(enough));
        let json = serde_json::to_value(&figures).unwrap();
        for cost in [
            "maud_ns",
            "html_ns",
            "change_ns",
            "move_ns",
            "insert_few_ns",
            "insert_many_ns",
            "component_ns",
            "components_ns",
        ] {
            assert!(json[cost].as_f64().unwrap() > 0.0, "{json}");
        }
    }

    #[test]
    fn a_change_is_one_cell_and_a_move_is_none() {
        let mut page = Page::new(10);
        let mut held = Held::new(SEED);
        held.full(&page.tree(), &mut no_view).unwrap();
        page.change(4, 7);
        let change: Value = serde_json::from_str(&diff(&page, &mut held).unwrap().to_string()).unwrap();
        assert_eq!(change, json!({ "0": { "k": { "4": { "2": "City 7" }, "kc": 10 } } }));
        page.turn();
        let moved: Value = serde_json::from_str(&diff(&page, &mut held).unwrap().to_string()).unwrap();
        assert_eq!(texts(&moved), 0);
        assert_eq!((&moved["0"]["k"]["0"], &moved["0"]["k"]["9"]), (&json!(1), &json!(0)));
        assert_eq!(texts(&json!({ "a": ["b", { "c": "d" }, 1, null, true] })), 2);
    }
}
