use firecrest_live::{Html, html};

fn other_loops() -> Html {
    html! { while true { "a" } loop { "b" } }
}

fn no_condition() -> Html {
    html! { if { "a" } }
}

fn no_braces(open: bool) -> Html {
    html! { if open <p/> }
}

fn arm_without_braces(open: bool) -> Html {
    html! { match open { true => "a", false => {} } }
}

fn not_an_arm(open: bool) -> Html {
    html! { match open { "a" } }
}

fn key_elsewhere(rows: &[u8]) -> Html {
    html! { for row in rows { <p key={row}/> } }
}

fn something_else_than_a_key(rows: &[u8]) -> Html {
    html! { for row in rows, id = row { {row} } }
}

fn directive(rows: &[u8]) -> Html {
    html! { <p :for={row in rows}/> <p :if={true}/> }
}

fn binding() -> Html {
    html! { let x = 1 <p/> }
}

fn leaves(rows: &[Option<u8>]) -> Html {
    html! {
        for row in rows {
            <p>{match row { Some(row) => row, None => continue }}</p>
            let Some(row) = row else { break };
            {row}
        }
    }
}

fn main() {}
