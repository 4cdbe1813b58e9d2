use firecrest_live::{Html, html};

fn one_mistake_hides_no_other(names: &[String]) -> Html {
    html! {
        <p id=5>Hello</p>
        {nmaes.len()}
        for name in names { <b>{nam}</b> }
        <div {names}><i>{name}</div>
        if names.is_emty() { "none" }
    }
}

fn main() {}
