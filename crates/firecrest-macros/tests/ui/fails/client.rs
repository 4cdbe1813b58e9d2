use firecrest_live::{Html, html};

fn without_an_id() -> Html {
    html! {
        <p phx-hook="Sort"/>
        <p data-phx-hook="Phoenix.FocusWrap"/>
        <p phx-update="ignore"/>
    }
}

fn children_without_an_id(rows: &[u8], open: bool) -> Html {
    html! {
        <ul id="rows" phx-update="stream">
            for row in rows { <li>{row}</li> }
            if open { <li id="a"/> } else { <li/> }
            match open { true => { <><li/></> } false => {} }
        </ul>
    }
}

fn unknown_update() -> Html {
    html! { <p id="a" phx-update="streams"/> }
}

fn events_for_commands() -> Html {
    html! { <p phx-mounted="shown" phx-remove={"gone"} phx-connected/> <p phx-disconnected=""/> }
}

fn value_in_a_script(x: u8) -> Html {
    html! { <script>"let x = " {x}</script> }
}

fn end_in_a_script() -> Html {
    html! { <script>"'</script>'"</script> <style><p/></style> }
}

fn portals() -> Html {
    html! {
        <template data-phx-portal="#end"><p id="a"/></template>
        <template id="b" data-phx-portal="#end"><p/></template>
        <template id="c" data-phx-portal="#end"><p id="d"/><p id="e"/></template>
        <div id="f" data-phx-portal="#end"><p id="g"/></div>
    }
}

fn main() {}
