use firecrest_live::{Html, html};

fn twice() -> Html {
    html! { <p id="a" class="b" ID="c"/> }
}

fn without_braces(x: u8) -> Html {
    html! { <p id=x class=/> }
}

fn empty_braces() -> Html {
    html! { <p id={}/> }
}

fn without_a_name(x: u8) -> Html {
    html! { <p {x} "b"/> }
}

fn boolean_literal() -> Html {
    html! { <p hidden=true/> }
}

fn unit() -> Html {
    html! { <p width=5px height=-1.5rem style="a"b/> }
}

fn argument() -> Html {
    html! { <p let={x}/> }
}

fn handler(x: &str) -> Html {
    html! { <p onclick="alert(1)" onload={x}/> <my-p onward="x"/> }
}

fn main() {}
