use firecrest_live::{Html, html};

fn unclosed() -> Html {
    html! { <div><p>"a"</div> }
}

fn unclosed_at_the_end() -> Html {
    html! { <div><b>"a"</b> }
}

fn mismatched() -> Html {
    html! { <p>"a"</b> }
}

fn never_opened() -> Html {
    html! { "a"</p> }
}

fn closed_in_another_block(open: bool) -> Html {
    html! { <p>if open { "a"</p> } }
}

fn void() -> Html {
    html! { <p><br>"a"</br></p> }
}

fn unfinished() -> Html {
    html! { <p class="a" <b>"x"</b></p> }
}

fn unfinished_end() -> Html {
    html! { <p>"x"</p }
}

fn fragment() -> Html {
    html! { <>"a"</p> }
}

fn no_name() -> Html {
    html! { < "a" }
}

fn main() {}
