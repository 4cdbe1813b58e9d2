//! The catalogue: five columns, separated by tabs.

use std::collections::BTreeSet;

use crate::failure::Failure;

/// What a line says.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: String,
    /// `counter`, `gauge` or `histogram`.
    pub(super) kind: String,
    pub(super) unit: String,
    pub(super) labels: Vec<Label>,
    pub(super) meaning: String,
}

#[derive(Debug)]
pub(super) struct Label {
    pub(super) name: String,
    /// All it can be; empty when that depends on the application.
    pub(super) values: Vec<String>,
}

/// Reads the catalogue; the error names the line.
pub(super) fn parse(text: &str) -> Result<Vec<Metric>, Failure> {
    let mut names = BTreeSet::new();
    let mut metrics = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| Failure::new(format!("line {} of the catalogue {what}: {line}", number + 1));
        let columns: Vec<_> = line.split('\t').collect();
        let [name, kind, unit, labels, meaning] = columns[..] else {
            return Err(wrong("has not five columns"));
        };
        if !["counter", "gauge", "histogram"].contains(&kind) {
            return Err(wrong("is neither counter nor gauge nor histogram"));
        }
        if unit.is_empty() || meaning.is_empty() || !names.insert(name) {
            return Err(wrong("is incomplete, or there already"));
        }
        let [name, kind, unit, meaning] = [name, kind, unit, meaning].map(str::to_owned);
        metrics.push(Metric { name, kind, unit, labels: parse_labels(labels), meaning });
    }
    Ok(metrics)
}

fn parse_labels(text: &str) -> Vec<Label> {
    let labels = text.split(',').filter(|label| *label != "-");
    labels
        .map(|label| {
            let (name, values) = label.split_once('=').unwrap_or((label, ""));
            let values = values.split('|').filter(|value| !value.is_empty()).map(str::to_owned).collect();
            Label { name: name.to_owned(), values }
        })
        .collect()
}
