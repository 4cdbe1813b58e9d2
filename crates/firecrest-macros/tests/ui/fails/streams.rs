use firecrest_live::{Html, Stream, html};

fn elsewhere(rows: &Stream<u8>, open: bool) -> Html {
    html! {
        <ul>stream (id, row) in rows { <li id={id}>{row}</li> }</ul>
        <ul id="rows" phx-update="append">if open { stream (id, row) in rows { <li id={id}>{row}</li> } }</ul>
    }
}

fn no_item(rows: &Stream<u8>) -> Html {
    html! {
        stream (id, row) in rows { <li>{row}</li> }
        stream (id, row) in rows { <li id={id}/> <li/> }
        stream (id, row) in rows { "text" }
        stream (id, row) in rows {}
    }
}

fn half(rows: &Stream<u8>) -> Html {
    html! { stream (id, row) of rows { <li id={id}/> } }
}

fn no_list(rows: &Stream<u8>) -> Html {
    html! { for row in rows { <li>{row}</li> } }
}

fn branched(rows: &Stream<u8>, open: bool) -> Html {
    html! {
        <ul id="rows" phx-update="stream">
            "Nothing"
            if open { stream (id, row) in rows { <li id={id}>{row}</li> } }
        </ul>
    }
}

fn main() {}
