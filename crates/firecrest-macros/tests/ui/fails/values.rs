use firecrest_live::{Html, html};

struct Plain;

fn neither(plain: &Plain) -> Html {
    html! { <p>{1} {plain}</p> }
}

fn attribute(plain: &Plain) -> Html {
    html! { <p id={plain}/> }
}

fn classes() -> Html {
    html! { <p class={[1, 2]}/> }
}

fn styles() -> Html {
    html! { <p style={5}/> }
}

fn splat() -> Html {
    html! { <p {..5}/> }
}

fn moved(name: String) -> Html {
    html! { {name.lenght()} }
}

fn main() {}
