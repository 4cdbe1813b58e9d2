use firecrest_live::{Html, html};

fn unquoted() -> Html {
    html! { <p>don't do that</p> }
}

fn main() {}
