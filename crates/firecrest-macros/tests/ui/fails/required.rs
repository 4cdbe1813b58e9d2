use firecrest_live::slots::SlotFn;
use firecrest_live::{Html, component, html};

#[component]
fn Card(title: &str, #[default] open: bool, #[slot] footer: SlotFn<'_>, #[required] children: SlotFn<'_>) -> Html {
    html! { {title} {open} {footer} {children} }
}

#[component]
struct Column<'a> {
    label: &'a str,
    children: SlotFn<'a>,
}

#[component]
fn Table<'a>(#[slot] #[required] column: Vec<Column<'a>>) -> Html {
    html! { for column in &column { {column.label} {column.children} } }
}

fn missing_attribute() -> Html {
    html! { <Card open>"a"</Card> }
}

fn missing_content() -> Html {
    html! { <Card title="t"/> }
}

fn missing_slot() -> Html {
    html! { <Table/> }
}

fn missing_attribute_of_a_slot() -> Html {
    html! { <Table><slot:column>"a"</slot:column></Table> }
}

fn slot_twice() -> Html {
    html! {
        <Card title="t">
            "a"
            <slot:footer>"b"</slot:footer>
            <slot:footer>"c"</slot:footer>
        </Card>
    }
}

fn main() {}
