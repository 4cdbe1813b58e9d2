//! Tables in tables of rows that are shuffled, with and without keys (E040).

use firecrest::live::slots::SlotFn;
use firecrest::prelude::*;
use rand::seq::IndexedRandom as _;
use serde::{Deserialize, Serialize};

const ROWS: u32 = 10;

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
    Eval {
        value: String,
    },
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
                match self.keys {
                    Keys::All => {
                        <AllKeyed rows={&self.items}>
                            <slot:col let={item} id="name">
                                <Counted count={self.count} name={&item.name}/> " in " {table}
                            </slot:col>
                            <slot:col id="count">{self.count}</slot:col>
                        </AllKeyed>
                    }
                    Keys::Rows => {
                        <RowsKeyed rows={&self.items}>
                            <slot:col let={item} id="name">
                                <Counted count={self.count} name={&item.name}/> " in " {table}
                            </slot:col>
                            <slot:col id="count">{self.count}</slot:col>
                        </RowsKeyed>
                    }
                    Keys::None => {
                        <NoneKeyed rows={&self.items}>
                            <slot:col let={item} id="name">
                                <Counted count={self.count} name={&item.name}/> " in " {table}
                            </slot:col>
                            <slot:col id="count">{self.count}</slot:col>
                        </NoneKeyed>
                    }
                }
            }
        }
    }
}

/// A column of a table.
#[component]
struct Col<'a> {
    id: &'a str,
    children: SlotFn<'a, &'a Item>,
}

#[component]
fn AllKeyed<'a>(rows: &'a [Item], #[slot] col: Vec<Col<'a>>) -> Html {
    html! {
        <table>
            <tbody>
                for row in rows, key = row.id {
                    <tr>
                        for col in &col, key = (row.id, col.id) {
                            <td>{col.children.render(row)}</td>
                        }
                    </tr>
                }
            </tbody>
        </table>
    }
}

#[component]
fn RowsKeyed<'a>(rows: &'a [Item], #[slot] col: Vec<Col<'a>>) -> Html {
    html! {
        <table>
            <tbody>
                for row in rows, key = row.id {
                    <tr>
                        for col in &col {
                            <td>{col.children.render(row)}</td>
                        }
                    </tr>
                }
            </tbody>
        </table>
    }
}

#[component]
fn NoneKeyed<'a>(rows: &'a [Item], #[slot] col: Vec<Col<'a>>) -> Html {
    html! {
        <table>
            <tbody>
                for row in rows {
                    <tr>
                        for col in &col {
                            <td>{col.children.render(row)}</td>
                        }
                    </tr>
                }
            </tbody>
        </table>
    }
}

#[component]
fn Counted(count: u32, name: &str) -> Html {
    html! { <span>{count} " × " {name}</span> }
}

/// Half of twice as many, in any order.
fn random_items() -> Vec<Item> {
    let ids: Vec<u32> = (1..=2 * ROWS).collect();
    let chosen = ids.sample(&mut rand::rng(), ROWS as usize);
    chosen.map(|id| Item { id: *id, name: format!("item {id}") }).collect()
}
