use firecrest_live::slots::SlotFn;
use firecrest_live::{Html, component, html};

#[component]
fn Card(#[slot] footer: SlotFn<'_>) -> Html {
    html! { {footer} }
}

fn outside() -> Html {
    html! { <p><slot:footer>"a"</slot:footer></p> }
}

fn in_a_condition(open: bool) -> Html {
    html! { <Card>if open { <slot:footer>"a"</slot:footer> }</Card> }
}

fn argument_without_content() -> Html {
    html! { <Card let={x}/> }
}

fn main() {}
