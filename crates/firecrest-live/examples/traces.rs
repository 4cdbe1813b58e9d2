//! Sequences of random pages, each as a line of JSON: the messages that bring a client from one to the next, and the HTML
//! it must show after each. Always the same ones; `traces 500` writes 500.

use std::io::{self, BufWriter, Write};

use firecrest_live::{Child, Held};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../tests/it/pages.rs"]
#[expect(dead_code, reason = "the tests ask more of them")]
mod pages;

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(1_000), |count| count.parse()).map_err(io::Error::other)?;
    let mut runner = TestRunner::deterministic();
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let pages =
            pages::sequences().new_tree(&mut runner).map_err(|reason| io::Error::other(reason.message()))?;
        writeln!(out, "{}", trace(&pages.current())?)?;
    }
    out.flush()
}

fn trace(pages: &[pages::Node]) -> io::Result<Value> {
    let mut held = Held::new(1);
    let (mut messages, mut shown) = (Vec::new(), Vec::new());
    for page in pages {
        let html = page.html();
        let message = held.diff(&html, &mut stand_in).map_err(io::Error::other)?;
        messages.push(serde_json::from_str::<Value>(&message.to_string())?);
        let mut out = String::new();
        html.write_to(&mut out, &mut |child, out| out.push_str(&stand_in(child)));
        shown.push(out);
    }
    Ok(json!({ "messages": messages, "html": shown }))
}

fn stand_in(child: &Child) -> String {
    format!("<div id=\"{}\"></div>", child.id)
}
