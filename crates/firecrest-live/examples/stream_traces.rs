//! What may be done to a list in some turns, and what is to be seen after each: sequences, each as a line of JSON, always the
//! same ones. `stream_traces 500` writes 500.

use std::io::{self, BufWriter, Write};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../tests/it/stream_model.rs"]
#[expect(dead_code, reason = "the tests ask more of it")]
mod stream_model;

use stream_model::{Action, Item, Paper};

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(200), |count| count.parse()).map_err(io::Error::other)?;
    let mut runner = TestRunner::deterministic();
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let turns = stream_model::turns().new_tree(&mut runner);
        let turns = turns.map_err(|reason| io::Error::other(reason.message()))?;
        writeln!(out, "{}", trace(&turns.current()))?;
    }
    out.flush()
}

fn trace(turns: &[Vec<Action>]) -> Value {
    let mut paper = Paper::default();
    let shown = turns.iter().map(|turn| {
        paper.turn(turn);
        paper.items.iter().map(item).collect::<Vec<_>>().join(" ")
    });
    let shown: Vec<String> = shown.collect();
    let scripts: Vec<String> =
        turns.iter().map(|turn| turn.iter().map(step).collect::<Vec<_>>().join(" ")).collect();
    json!({ "scripts": scripts, "shown": shown })
}

fn step(action: &Action) -> String {
    match action {
        Action::Append(row) => format!("+{}", item(row)),
        Action::Insert(at, row) => format!("@{at}:{}", item(row)),
        Action::UpdateOnly(row) => format!("~{}", item(row)),
        Action::Delete(id) => format!("-i{id}"),
        Action::Reset => "!".to_owned(),
        Action::Anew => "=".to_owned(),
        Action::Limit(limit) => format!("<{limit}"),
    }
}

fn item((id, text): &Item) -> String {
    format!("i{id}:{text}")
}
