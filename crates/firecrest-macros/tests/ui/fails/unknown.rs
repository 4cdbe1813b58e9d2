use firecrest_live::slots::SlotFn;
use firecrest_live::{Html, component, html};

#[component]
fn Card(title: &str, #[slot] footer: SlotFn<'_>, size: Option<u8>) -> Html {
    html! { {title} {footer} {size} }
}

fn unknown_component() -> Html {
    html! { <Crad title="t"/> }
}

fn unknown_attribute() -> Html {
    html! { <Card title="t" titel="u"/> }
}

fn undeclared_attribute() -> Html {
    html! { <Card title="t" phx-click="u" {..[("a", "b")]}/> }
}

fn undeclared_global_attribute() -> Html {
    html! { <Card title="t" id="u"/> }
}

fn unknown_slot() -> Html {
    html! { <Card title="t"><slot:header>"u"</slot:header></Card> }
}

fn attribute_of_a_slot() -> Html {
    html! { <Card title="t"><slot:footer class="u">"v"</slot:footer></Card> }
}

fn no_content() -> Html {
    html! { <Card title="t">"u"</Card> }
}

fn main() {}
