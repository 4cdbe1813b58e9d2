//! A page of rows, as two languages of templates write it.

use firecrest::live::Html;
use firecrest::prelude::html;

/// Rows of five cells, each a text.
#[derive(Debug)]
pub(crate) struct Page {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    id: u32,
    name: String,
    email: String,
    city: String,
    balance: String,
    joined: String,
}

const NAMES: [&str; 5] = ["Ada Lovelace", "Grace & Sons", "Edsger", "Barbara Liskov", "Zoë"];

const CITIES: [&str; 4] = ["Reykjavík", "Los Angeles", "Łódź", "Ouagadougou"];

impl Page {
    /// A page of so many rows.
    pub(crate) fn new(rows: u32) -> Self {
        Page { rows: (0..rows).map(Row::new).collect() }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Changes the third cell of a row to a text it has not had before.
    pub(crate) fn change(&mut self, row: usize, number: u64) {
        self.rows[row].city = format!("City {}", number % 1_000_000);
    }

    /// Makes the first row the last.
    pub(crate) fn turn(&mut self) {
        self.rows.rotate_left(1);
    }

    /// With the templates of live views: the tree.
    pub(crate) fn tree(&self) -> Html {
        html! {
            <table><tbody>
                for row in &self.rows, key = row.id {
                    <tr>
                        <td>{&row.name}</td>
                        <td>{&row.email}</td>
                        <td>{&row.city}</td>
                        <td>{&row.balance}</td>
                        <td>{&row.joined}</td>
                    </tr>
                }
            </tbody></table>
        }
    }

    /// With the templates of live views: HTML.
    pub(crate) fn html(&self) -> String {
        let mut html = String::new();
        self.tree().write_to(&mut html, &mut |_, _| {});
        html
    }

    /// With the templates of `maud`, which know HTML and nothing else.
    pub(crate) fn maud(&self) -> String {
        let page = maud::html! {
            table {
                tbody {
                    @for row in &self.rows {
                        tr {
                            td { (row.name) }
                            td { (row.email) }
                            td { (row.city) }
                            td { (row.balance) }
                            td { (row.joined) }
                        }
                    }
                }
            }
        };
        page.into_string()
    }
}

impl Row {
    fn new(id: u32) -> Self {
        Row {
            id,
            name: NAMES[id as usize % NAMES.len()].to_owned(),
            email: format!("person-{id}@example.com"),
            city: CITIES[id as usize % CITIES.len()].to_owned(),
            balance: format!("{}.{:02}", id * 37 % 10_000, id % 100),
            joined: format!("20{:02}-{:02}-{:02}", id % 30, id % 12 + 1, id % 28 + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_write_the_same_page() {
        let mut page = Page::new(20);
        page.change(3, 7);
        page.turn();
        let html = page.html();
        assert_eq!(html, page.maud());
        assert!(html.starts_with("<table><tbody><tr><td>Grace &amp; Sons</td><td>person-1@"), "{html}");
        assert!(html.contains("<td>City 7</td>"), "{html}");
    }
}
