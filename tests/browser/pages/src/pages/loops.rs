//! Tables in tables of rows that are shuffled, with and without keys (E040).

use firecrest::prelude::*;
use rand::seq::IndexedRandom as _;
use serde::{Deserialize, Serialize};

const ROWS: u32 = 10;
const COLUMNS: [&str; 2] = ["Name", "Count"];

pub(crate) struct Loops {
    keys: Keys,
    items: Vec<Item>,
    count: u32,
}

/// Which loops have keys.
#[derive(Clone, Copy)]
enum Keys {
    All,
    Rows,
    None,
}

#[derive(Serialize)]
struct Item {
    id: u32,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Randomize,
    #[serde(rename = "sandbox:eval")]
    Eval { value: String },
}

impl LiveView for Loops {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let keys = match cx.params().get("tab") {
            Some("rows_keyed") => Keys::Rows,
            Some("no_keyed") => Keys::None,
            _ => Keys::All,
        };
        Ok(Loops { keys, items: random_items(), count: 0 })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Randomize => {
                self.items = random_items();
                self.count += 1;
                Outcome::Render
            }
            Event::Eval { value } if value == "items" => Reply::ok(json!({ "result": self.items })).into(),
            Event::Eval { value } => Stop::error(format!("no command {value:?}")).into(),
        }
    }

    fn render(&self) -> Html {
        html! {
            <button phx-click="randomize">"Randomize"</button>
            for table in [1, 2], key = table {
                <table>
                    match self.keys {
                        Keys::All => { {self.all_keyed(table)} }
                        Keys::Rows => { {self.rows_keyed(table)} }
                        Keys::None => { {self.no_keyed(table)} }
                    }
                </table>
            }
        }
    }
}

impl Loops {
    fn all_keyed(&self, table: u32) -> Html {
        html! {
            <tbody>
                for item in &self.items, key = item.id {
                    <tr>
                        for column in COLUMNS, key = (item.id, column) {
                            <td>{self.cell(item, column, table)}</td>
                        }
                    </tr>
                }
            </tbody>
        }
    }

    fn rows_keyed(&self, table: u32) -> Html {
        html! {
            <tbody>
                for item in &self.items, key = item.id {
                    <tr>
                        for column in COLUMNS {
                            <td>{self.cell(item, column, table)}</td>
                        }
                    </tr>
                }
            </tbody>
        }
    }

    fn no_keyed(&self, table: u32) -> Html {
        html! {
            <tbody>
                for item in &self.items {
                    <tr>
                        for column in COLUMNS {
                            <td>{self.cell(item, column, table)}</td>
                        }
                    </tr>
                }
            </tbody>
        }
    }

    fn cell(&self, item: &Item, column: &str, table: u32) -> Html {
        html! {
            if column == "Name" {
                {counted(self.count, &item.name)} " in " {table}
            } else {
                {self.count}
            }
        }
    }
}

fn counted(count: u32, name: &str) -> Html {
    html! { <span>{count} " × " {name}</span> }
}

/// Half of twice as many, in any order.
fn random_items() -> Vec<Item> {
    let ids: Vec<u32> = (1..=2 * ROWS).collect();
    let chosen = ids.sample(&mut rand::rng(), ROWS as usize);
    chosen.map(|id| Item { id: *id, name: format!("item {id}") }).collect()
}
