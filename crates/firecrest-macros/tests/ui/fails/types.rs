use firecrest_live::slots::SlotFn;
use firecrest_live::{Html, component, html};

#[component]
fn Card(title: &str, class: Option<&str>, count: u8, children: SlotFn<'_, u8>) -> Html {
    html! { {title} {class} {children.render(count)} }
}

fn wrong_types() -> Html {
    html! { <Card title={5} class={6} count="7"/> }
}

fn wrong_argument() -> Html {
    html! { <Card title="a" count=1 let={Some(x)}>{x}</Card> }
}

fn main() {}
