//! What users write compiles without a warning under the lints of this workspace.
#![deny(warnings, missing_docs, unused, unreachable_pub, clippy::all)]

use firecrest_live::slots::{Attrs, SlotFn};
use firecrest_live::{Html, component, html};

/// A panel.
#[component]
pub fn Panel(title: &str, #[default] open: bool, #[rest] rest: Attrs<'_>, children: SlotFn<'_>) -> Html {
    html! {
        <details open={open} {..rest}><summary>{title}</summary>{children}</details>
    }
}

/// A column.
#[component]
#[derive(Debug)]
pub struct Column<'a, R> {
    /// Its heading.
    pub label: &'a str,
    /// Its cells.
    pub children: SlotFn<'a, &'a R>,
}

/// A table.
#[component]
pub fn Table<'a, R>(rows: &'a [R], #[slot] column: Vec<Column<'a, R>>) -> Html {
    html! {
        for row in rows {
            for column in &column { {column.label} {column.children.render(row)} }
        }
    }
}

fn main() {
    let (rows, open) = (vec![(1, "a")], true);
    let page = html! {
        if open {}
        <Panel title="t" open={open} id="p" phx-click="x">
            <Table rows={&rows}>
                <slot:column label="n" let={(n, _)}>{n}</slot:column>
                <slot:column label="s" let={row}>{row.1}</slot:column>
            </Table>
        </Panel>
        match rows.len() { 0 => { "none" } n => { {n} } }
    };
    assert!(page.to_string().contains("n1sa"));
}
