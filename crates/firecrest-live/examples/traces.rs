//! Sequences of random pages, each as a line of JSON: the messages that bring a client from one to the next, and the HTML
//! it must show after each; then stories of pages with components. Always the same ones; `traces 500` writes 500 of each.

use std::io::{self, BufWriter, Write};

use firecrest_live::{Child, Held};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../tests/it/pages.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the tests ask more of them")]
mod pages;

#[path = "../tests/it/app.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the tests ask more of them")]
mod app;

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(1_000), |count| count.parse()).map_err(io::Error::other)?;
    let mut runner = TestRunner::deterministic();
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let pages =
            pages::sequences().new_tree(&mut runner).map_err(|reason| io::Error::other(reason.message()))?;
        writeln!(out, "{}", trace(&pages.current())?)?;
    }
    for _ in 0..count {
        let story =
            app::stories().new_tree(&mut runner).map_err(|reason| io::Error::other(reason.message()))?;
        writeln!(out, "{}", told(story.current()))?;
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

/// A story of components: `steps`, each a message and what is shown then, or the numbers of components that are deleted.
fn told((view, nodes, owners, steps): app::Story) -> Value {
    let mut app = app::App::new(view, nodes, &owners);
    steps.iter().for_each(|step| app.step(step));
    let steps = app.trace.iter().map(|traced| match traced {
        app::Traced::Message(message, html) => json!({ "message": message, "html": html }),
        app::Traced::Deleted(cids) => json!({ "deleted": cids }),
    });
    json!({ "steps": steps.collect::<Vec<_>>() })
}

fn stand_in(child: &Child) -> String {
    format!("<div id=\"{}\"></div>", child.id)
}
