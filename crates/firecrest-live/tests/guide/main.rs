use firecrest_live::{Held, Html, component, html};

fn counter(count: i64) -> Html {
    html! {
        <p class="count">"Count: " {count}</p>
        <button phx-click="inc">"+"</button>
    }
}
fn button(count: i64) -> Html {
    html! {
        <button phx-click="dec" class={("round", ("quiet", count == 0))} disabled={count == 0}>"-"</button>
    }
}
fn greeting(name: Option<&str>) -> Html {
    html! {
        <p>
            if let Some(name) = name { "Hello, " <b>{name}</b> } else { "Who are you?" }
        </p>
    }
}
type Bird = (&'static str, u32);
fn birds(birds: &[Bird]) -> Html {
    html! {
        <ul>
            for (name, grams) in birds { <li>{name} ": " {grams} " g"</li> }
        </ul>
    }
}
fn keyed(birds: &[Bird]) -> Html {
    html! {
        <ul>
            for (name, grams) in birds, key = name { <li>{name} ": " {grams} " g"</li> }
        </ul>
    }
}
#[component]
fn Badge(text: &str) -> Html {
    html! { <b class="badge">{text}</b> }
}
fn badges() -> Html {
    html! { <p><Badge text="new"/> " " <Badge text="small"/></p> }
}
fn badged(birds: &[Bird]) -> Html {
    html! {
        <ul>
            for (name, grams) in birds, key = name {
                <li>{name} if *grams < 6 { <Badge text="tiny"/> }</li>
            }
        </ul>
    }
}
fn page(count: i64) -> Html {
    if count == 0 {
        return html! { <p>"Nothing yet."</p> };
    }
    html! { <p>{count}</p> }
}
fn layout(content: Html) -> Html {
    html! { <main>{content}</main> }
}

fn say(name: &str, pages: Vec<Html>) {
    println!("== {name}");
    let mut held = Held::new(1);
    for page in pages {
        println!(
            "{}   // {} bytes held; html {}",
            held.diff(&page, &mut |c| format!("<div id={}></div>", c.id)).unwrap(),
            held.memory(),
            page
        );
    }
}

#[test]
fn x() {
    say("counter", vec![counter(0), counter(1), counter(1)]);
    say("button", vec![button(0), button(1)]);
    say(
        "greeting",
        vec![greeting(Some("Ann")), greeting(Some("Bob")), greeting(None), greeting(Some("Bob"))],
    );
    let (f, r, w) = (("Firecrest", 5), ("Robin", 18), ("Wren", 9));
    say("birds", vec![birds(&[f, r]), birds(&[w, f, r])]);
    say(
        "keyed",
        vec![
            keyed(&[f, r]),
            keyed(&[w, f, r]),
            keyed(&[f, r, w]),
            keyed(&[f, ("Robin", 19), w]),
            keyed(&[("Robin", 19), f]),
            keyed(&[]),
            keyed(&[w]),
        ],
    );
    say("badges", vec![badges()]);
    say("badged", vec![badged(&[r]), badged(&[r, f]), badged(&[r, f, ("Goldcrest", 5), ("x", 4)])]);
    say("page", vec![page(0), page(1)]);
    say("layout", vec![layout(counter(0)), layout(counter(1))]);
    println!("{:?}", Held::new(1).diff(&keyed(&[f, f]), &mut |_| String::new()).unwrap_err().to_string());
}
