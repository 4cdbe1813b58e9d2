//! `guides/diffs.md`: the messages it shows are those that are sent, and so are the sizes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[allow(dead_code, reason = "shared with the test of another guide")]
mod markdown;

use firecrest_live::{Child, Held, Html, Replica, Stream, component, html};

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/diffs.md");

fn counter(count: i64) -> Html {
    html! {
        <p class="count">"Count: " {count}</p>
        <button phx-click="dec" disabled={count == 0}>"-"</button>
    }
}

fn greeting(name: Option<&str>) -> Html {
    html! {
        <p>
            if let Some(name) = name { "Hello, " <b>{name}</b> } else { "Who are you?" }
        </p>
    }
}

/// A name and a weight.
type Bird = (String, u32);

fn birds(birds: &[Bird]) -> Html {
    html! {
        <ul>
            for (name, grams) in birds, key = name { <li>{name} ": " {grams} " g"</li> }
        </ul>
    }
}

fn birds_without_keys(birds: &[Bird]) -> Html {
    html! {
        <ul>
            for (name, grams) in birds { <li>{name} ": " {grams} " g"</li> }
        </ul>
    }
}

#[component]
fn Badge(text: &str) -> Html {
    html! { <b class="badge">{text}</b> }
}

fn badges(first: &str, second: &str) -> Html {
    html! { <p><Badge text={first}/> " " <Badge text={second}/></p> }
}

fn cage(bird: Option<&str>) -> Html {
    let Some(name) = bird else { return html! { <p>"It is empty."</p> } };
    html! { <h2>{name}</h2> <p>"sings."</p> }
}

/// A client, and a replica that sees to it that every message leads to the page.
struct Client {
    held: Held,
    replica: Replica,
}

impl Client {
    fn new() -> Self {
        Client { held: Held::new(1), replica: Replica::new() }
    }

    /// The message that leads to this page.
    fn show(&mut self, page: &Html) -> String {
        let message = self.held.diff(page, &mut no_view).unwrap().to_string();
        self.replica.merge(&serde_json::from_str(&message).unwrap()).unwrap();
        assert_eq!(self.replica.html().unwrap(), page.to_string());
        message
    }
}

fn no_view(_: &Child) -> String {
    String::new()
}

/// The messages that lead a new client from page to page.
fn messages<const N: usize>(pages: [Html; N]) -> [String; N] {
    let mut client = Client::new();
    pages.map(|page| client.show(&page))
}

fn flock<const N: usize>(birds: [(&str, u32); N]) -> Vec<Bird> {
    birds.map(|(name, grams)| (name.to_owned(), grams)).into()
}

#[test]
fn the_guide_shows_code_as_it_is() {
    for block in blocks(GUIDE, "rust") {
        assert!(block.is_in(include_str!("main.rs")), "this is nowhere here:\n{}", block.code());
    }
}

#[test]
fn a_message_can_be_asked_for_without_a_server() {
    let mut held = Held::new(1);
    held.full(&counter(0), &mut |_| String::new()).unwrap();
    let message = held.diff(&counter(1), &mut |_| String::new()).unwrap();
    assert_eq!(message.to_string(), r#"{"0":"1","1":""}"#);
}

#[test]
fn the_guide_shows_messages_as_they_are_sent() {
    let two = flock([("Firecrest", 5), ("Robin", 18)]);
    let sent = [
        messages([counter(0), counter(1), counter(2)]).to_vec(),
        messages([greeting(Some("Ann")), greeting(Some("Bob")), greeting(None)]).to_vec(),
        messages([badges("tiny", "quick")]).to_vec(),
        messages([cage(None), cage(Some("Wren"))])[1..].to_vec(),
        messages([birds(&two)]).to_vec(),
    ]
    .concat();
    let shown: Vec<String> = blocks(GUIDE, "json").iter().map(markdown::Block::joined).collect();
    assert_eq!(shown, sent);
}

#[test]
fn the_guide_shows_what_is_sent_of_lists() {
    let (firecrest, robin, wren) = (("Firecrest", 5), ("Robin", 18), ("Wren", 9));
    let two = flock([firecrest, robin]);
    for (change, list) in [
        ("Robin now weighs 19", flock([firecrest, ("Robin", 19)])),
        ("Wren comes last", flock([firecrest, robin, wren])),
        ("Wren comes first", flock([wren, firecrest, robin])),
        ("they change places", flock([robin, firecrest])),
        ("they change places, and Robin weighs 19", flock([("Robin", 19), firecrest])),
        ("Firecrest goes", flock([robin])),
        ("both go", flock([])),
    ] {
        let [_, keyed] = messages([birds(&two), birds(&list)]);
        let [_, unkeyed] = messages([birds_without_keys(&two), birds_without_keys(&list)]);
        let unkeyed = if unkeyed == keyed { "the same".to_owned() } else { format!("`{unkeyed}`") };
        assert_row(&[change.to_owned(), format!("`{keyed}`"), unkeyed]);
    }
}

#[test]
fn the_guide_shows_how_large_messages_are() {
    let flock: Vec<Bird> = (1..=1_000).map(|number| (format!("Bird {number}"), 5 + number % 20)).collect();
    let new = ("Bird 0".to_owned(), 5);
    let changed = |change: fn(&mut Vec<Bird>, Bird)| {
        let mut flock = flock.clone();
        change(&mut flock, new.clone());
        flock
    };
    for (change, list) in [
        ("a bird weighs more", changed(|flock, _| flock[499].1 += 1)),
        ("one comes last", changed(Vec::push)),
        ("one comes first", changed(|flock, new| flock.insert(0, new))),
        ("the first goes", changed(|flock, _| drop(flock.remove(0)))),
        ("the last goes", changed(|flock, _| drop(flock.pop()))),
        ("the first becomes the last", changed(|flock, _| flock.rotate_left(1))),
    ] {
        let [_, keyed] = messages([birds(&flock), birds(&list)]);
        let [_, unkeyed] = messages([birds_without_keys(&flock), birds_without_keys(&list)]);
        assert_row(&[change.to_owned(), thousands(keyed.len()), thousands(unkeyed.len())]);
    }
    let page = birds(&flock);
    assert_says(&format!("{} bytes of HTML", thousands(page.to_string().len())));
    let mut client = Client::new();
    assert_says(&format!("a message of {} bytes", thousands(client.show(&page).len())));
    assert_says(&format!("holds {} bytes", thousands(client.held.memory())));
}

#[test]
fn the_guide_says_what_a_client_is_remembered_with() {
    let memory = |page: &Html| {
        let mut client = Client::new();
        client.show(page);
        client.held.memory()
    };
    let (empty, slot) = (memory(&cage(None)), memory(&cage(Some("Wren"))));
    let (text, template) = (slot - empty, memory(&greeting(None)) - empty);
    let list = |count| memory(&birds(&vec![Bird::default(); count][..]));
    // A list that was never there is a text, so one entry is compared with an entry that is gone.
    let mut client = Client::new();
    client.show(&birds(&flock([("Wren", 9)])));
    client.show(&birds(&[]));
    let (no_entries, entry) = (client.held.memory() - empty, list(1) - client.held.memory() - 2 * text);
    let mut numbers = Stream::new(|number: &u32| number.to_string());
    numbers.extend(0..1_000);
    let page = html! { <p id="p" phx-update="stream">stream (id, _) in &numbers { <b id={id}/> }</p> };
    let stream = memory(&page) - empty;
    for (value, bytes) in [
        ("a text", text),
        ("a template", template),
        ("a loop", no_entries),
        ("an entry of a loop", entry),
        ("a [stream](streams.md), whatever has been put into it", stream),
    ] {
        assert_row(&[value.to_owned(), bytes.to_string()]);
    }
    let held = |page: &Html| format!("holds {} bytes of the counter above", memory(page));
    assert_says(&held(&counter(0)));
}

#[test]
fn the_guide_quotes_the_error_of_a_key_that_is_there_twice() {
    let twice = birds(&flock([("Wren", 9), ("Wren", 8)]));
    let error = Held::new(1).full(&twice, &mut no_view).unwrap_err().to_string();
    assert_eq!(blocks(GUIDE, "text")[0].joined(), error);
}

/// The guide has a table with a row that begins with these cells.
#[track_caller]
fn assert_row(cells: &[String]) {
    let row = format!("| {} |", cells.join(" | "));
    assert!(GUIDE.lines().any(|line| line.starts_with(&row)), "the guide has no row\n{row}");
}

#[track_caller]
fn assert_says(text: &str) {
    let guide = GUIDE.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(guide.contains(text), "the guide does not say: {text}");
}

/// 12,345.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}
