use firecrest_live::{Html, html};

fn broken(x: u8) -> Html {
    html! { <p>{x.}</p> }
}

fn main() {}
