use firecrest_live::{Html, html};

fn unquoted() -> Html {
    html! { <p>Hello, world!</p> }
}

fn number() -> Html {
    html! { <p>5 "%"</p> }
}

fn looks_like_a_loop() -> Html {
    html! { <p>for example</p> }
}

fn looks_like_a_condition() -> Html {
    html! { <p>if you like</p> }
}

fn separator() -> Html {
    html! { "a", "b"; }
}

fn suffix() -> Html {
    html! { "a"b }
}

fn empty_braces() -> Html {
    html! { <p>{}</p> }
}

fn documentation() -> Html {
    html! {
        /// a comment
        <p/>
    }
}

fn comment() -> Html {
    html! { <!-- hello --> <!-- "a--b" --> <!DOCUMENT> }
}

fn main() {}
