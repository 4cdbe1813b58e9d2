//! Live views: pages that are rendered, and what is sent of them.

use firecrest_live::{Held, Html, Members, html};

/// A table of rows with a key and five cells, as one client holds it.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Row>,
    held: Held,
}

#[derive(Debug)]
struct Row {
    id: usize,
    name: String,
    place: &'static str,
    counts: [usize; 3],
}

impl Table {
    /// A table that the client has been sent.
    pub fn shown(rows: usize) -> Self {
        let row = |id| Row {
            id,
            name: format!("Bird number {id}"),
            place: "in the hedge",
            counts: [id, id * 7, 3],
        };
        let mut table = Table { rows: (0..rows).map(row).collect(), held: Held::new(7) };
        table.whole();
        table
    }

    /// The same with one cell changed since, in the middle.
    pub fn with_another_cell(rows: usize) -> Self {
        let mut table = Table::shown(rows);
        table.rows[rows / 2].name.push('!');
        table
    }

    /// The same with one row moved since, from the middle to the top.
    pub fn with_a_moved_row(rows: usize) -> Self {
        let mut table = Table::shown(rows);
        let row = table.rows.remove(rows / 2);
        table.rows.insert(0, row);
        table
    }

    /// The tree, without writing it.
    pub fn tree(&self) -> Html {
        html! {
            <table class="birds">
                for row in &self.rows, key = row.id {
                    <tr>
                        <td>{row.name}</td>
                        <td>{row.place}</td>
                        <td>{row.counts[0]}</td>
                        <td>{row.counts[1]}</td>
                        <td>{row.counts[2]}</td>
                    </tr>
                }
            </table>
        }
    }

    /// The page, as the first response has it.
    pub fn page(&self) -> String {
        let mut page = String::new();
        self.tree().write_to(&mut page, &mut |_, _| {});
        page
    }

    /// The message for a client that has just joined.
    ///
    /// # Panics
    /// When two rows have the same key.
    pub fn whole(&mut self) -> Members {
        let tree = self.tree();
        self.held.full(&tree, &mut |_| String::new()).expect("all ids differ")
    }

    /// The message for a client that holds what was sent before.
    ///
    /// # Panics
    /// When two rows have the same key.
    pub fn change(&mut self) -> Members {
        let tree = self.tree();
        self.held.diff(&tree, &mut |_| String::new()).expect("all ids differ")
    }
}

/// The smallest view there is, as one client holds it.
#[derive(Debug)]
pub struct Counter {
    count: i64,
    held: Held,
}

impl Counter {
    /// A counter that the client has been sent.
    pub fn shown() -> Self {
        let mut counter = Counter { count: 4710, held: Held::new(7) };
        counter.increment();
        counter
    }

    /// The message about one more.
    ///
    /// # Panics
    /// Never: there is no loop in it.
    pub fn increment(&mut self) -> Members {
        self.count += 1;
        let tree = html! {
            "Current count: " {self.count}
            <button phx-click="dec">"-"</button>
            <button phx-click="inc">"+"</button>
        };
        self.held.diff(&tree, &mut |_| String::new()).expect("there is no loop")
    }
}
