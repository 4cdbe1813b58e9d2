//! The page that people read.

use std::fmt::Write as _;

use super::catalogue::{Label, Metric};

/// What belongs together: a heading, and how the names begin: after `firecrest_`, unless there is a dot in it.
const AREAS: [(&str, &[&str]); 11] = [
    ("Connections", &["socket", "slow_reader", "outbox", "longpoll", "drain"]),
    ("Messages and bounds", &["messages", "bytes", "broadcast", "unencodable", "limits"]),
    ("Channels", &["channel", "mailbox"]),
    ("Live views", &["live", "shared"]),
    ("Live queries", &["quer"]),
    ("Presence", &["presence"]),
    ("Several nodes", &["cluster"]),
    ("Durable counters", &["tally"]),
    ("The hub", &["hub", "activity"]),
    ("Pipelines", &["pipeline", "pipeline."]),
    ("Dashboards", &["dashboard"]),
];

const FRAMEWORK: &str = "firecrest_";

const HEAD: &str = "\
# Metrics

Everything that Firecrest and its examples record through the crate `metrics`, made by `cargo xtask metrics`
from `crates/firecrest/src/telemetry/catalogue.txt`, which CI compares with the code. [Measure your application](guides/measure.md) says
how to export them and which to watch.

Counters count since the process began. Times are histograms, in seconds unless the unit is another. The labels `channel` and `view` are the last part of the type's
name, without what is in angle brackets; at most 512 of each are told apart, the rest are `other`. Where values stand in brackets there are
no others.
";

/// The page; the error is what belongs nowhere.
pub(super) fn write(metrics: &[Metric]) -> Result<String, Vec<String>> {
    let mut page = HEAD.to_owned();
    for (heading, beginnings) in AREAS {
        let is_here = |metric: &&Metric| beginnings.iter().any(|beginning| begins(&metric.name, beginning));
        section(&mut page, heading, metrics.iter().filter(is_here).collect());
    }
    let rest = metrics.iter().filter(|metric| !page.contains(&format!("| `{}` |", metric.name)));
    let (homeless, examples): (Vec<_>, Vec<_>) = rest.partition(|metric| metric.name.starts_with(FRAMEWORK));
    section(&mut page, "The examples' own", examples);
    if homeless.is_empty() {
        return Ok(page);
    }
    let homeless = homeless.iter();
    Err(homeless
        .map(|metric| format!("{} belongs to no area of METRICS.md: add one to AREAS", metric.name))
        .collect())
}

fn begins(name: &str, beginning: &str) -> bool {
    if beginning.contains('.') {
        return name.starts_with(beginning);
    }
    name.strip_prefix(FRAMEWORK).is_some_and(|name| name.starts_with(beginning))
}

fn section(page: &mut String, heading: &str, mut metrics: Vec<&Metric>) {
    if metrics.is_empty() {
        return;
    }
    metrics.sort_by_key(|metric| &metric.name);
    // Writing to a string does not fail.
    let _ = write!(
        page,
        "\n## {heading}\n\n| metric | kind | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n"
    );
    for Metric { name, kind, unit, labels, meaning } in metrics {
        let unit = if unit == "-" { "" } else { unit };
        let labels: Vec<_> = labels.iter().map(shown).collect();
        let labels = labels.join("; ");
        let _ = writeln!(page, "| `{name}` | {kind} | {unit} | {labels} | {meaning} |");
    }
}

fn shown(Label { name, values }: &Label) -> String {
    match &values[..] {
        [] => format!("`{name}`"),
        values => format!("`{name}` ({})", values.join(", ")),
    }
}
