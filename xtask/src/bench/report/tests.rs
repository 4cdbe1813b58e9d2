//! Tests of the benchmark's result as text.

use super::*;
use crate::bench::history::Entry;
use crate::bench::judge::{Round, judge};
use crate::bench::loadgen;
use crate::bench::rendering::CHAPTER;
use crate::bench::rendering::tests::{GOOD, judged};
use crate::bench::rows::{Metric, Row, Target};
use crate::failure::Failure;

static ECHO: Row =
    Row { title: "echo", unit: "µs", metric: Metric::Cpu, target: Target::Times(1.35, Server::Limit) };
static EVENT: Row =
    Row { title: "event", unit: "µs", metric: Metric::Cpu, target: Target::TimesRow(2.0, "echo") };
static P50: Row = Row { title: "p50", unit: "µs", metric: Metric::Cpu, target: Target::Shown };

fn round(own: Result<f64, &str>) -> Round {
    [(Server::Limit, Ok(4.0)), (Server::ByHand, Ok(6.0)), (Server::Firecrest, own)]
        .map(|(server, cpu)| {
            let sample = cpu.map_err(Failure::new);
            let json = |cpu| loadgen::parse(&format!(r#"{{"server": {{"cpu_us_per_unit": {cpu}}}}}"#));
            (server, sample.and_then(json))
        })
        .into()
}

fn curve(figures: &[f64]) -> Curve {
    let point = |(size, taken): (u64, &f64)| Point {
        size: size * 1000,
        own: vec![Some(*taken)],
        beside: vec![Some(2.0)],
    };
    let points = (1..).zip(figures).map(point).collect();
    Curve { title: "fan-out to N", unit: "µs", beside: "limit", points, failures: Vec::new() }
}

fn report(rounds: &[Round], growth: &[f64]) -> Report {
    let machine = Machine {
        processor: "Some Processor".to_owned(),
        cores: 2,
        memory: 23.6,
        kernel: "6.1".to_owned(),
        compiler: "rustc 1.95.0".to_owned(),
        load: "0.10".to_owned(),
    };
    Report {
        machine,
        date: "2026-01-02 03:04".to_owned(),
        commit: "abc".to_owned(),
        rounds: rounds.len(),
        rows: [&ECHO, &P50].map(|row| judge(row, &Server::ALL, rounds, &[])).into(),
        chapters: Vec::new(),
        curves: vec![curve(growth)],
        notes: Vec::new(),
    }
}

#[test]
fn a_row_shows_every_server_the_ratio_the_target_and_the_verdict() {
    let report = report(&[round(Ok(5.0)), round(Ok(4.0)), round(Ok(6.0))], &[3.0, 3.0]);
    let markdown = report.markdown(&History::default());
    assert!(
        markdown.contains(
            "| echo | µs | 4.00 | 6.00 | 5.00 (4.00–6.00) | 1.25 (1.00–1.50) | ≤ 1.35 × limit | ✓ |"
        ),
        "{markdown}"
    );
    assert!(
        markdown.contains(
            "| fan-out to N | µs | 1000: 3.00, 2000: 3.00 | ██ | +0 % to +0 % | limit | \
             1000: 1.50, 2000: 1.50 | +0 % to +0 % | ✓ |"
        ),
        "{markdown}"
    );
    assert!(markdown.contains("| echo | µs | Firecrest | 5.00, 4.00, 6.00 |"), "{markdown}");
    assert!(markdown.contains("## Result: 2 of 2 within target"), "{markdown}");
    assert!(markdown.contains("Some Processor, 2 cores, 24 GiB of memory, Linux 6.1"), "{markdown}");
    assert!(report.text().lines().any(|line| line.starts_with("echo ") && line.ends_with(" ✓")));
}

#[test]
fn a_row_of_firecrest_alone_leaves_the_other_cells_empty() {
    let mut report = report(&[round(Ok(5.0))], &[3.0]);
    let rounds =
        [Round::from([(Server::Firecrest, loadgen::parse(r#"{"server": {"cpu_us_per_unit": 9}}"#))])];
    report.rows.push(judge(&EVENT, &[Server::Firecrest], &rounds, &[Some(5.0)]));
    let markdown = report.markdown(&History::default());
    assert!(markdown.contains("| event | µs | – | – | 9.00 | 1.80 | ≤ 2.00 × echo | ✓ |"), "{markdown}");
    assert_eq!(markdown.matches("\n| event |").count(), 2, "{markdown}");
    assert!(markdown.contains("| event | µs | Firecrest | 9.00 |"), "{markdown}");
    assert_eq!(report.score(), (3, 3));
}

#[test]
fn a_chapter_has_a_table_and_counts() {
    let mut report = report(&[round(Ok(5.0))], &[3.0]);
    report.chapters = vec![(&CHAPTER, judged(GOOD))];
    assert_eq!(report.score(), (10, 10));
    let markdown = report.markdown(&History::default());
    assert!(markdown.contains("\n## Rendering\n\nWhat a page costs"), "{markdown}");
    let title = "a page of 1,000 rows of 5 cells, to HTML";
    assert!(
        markdown.contains(&format!("| {title} | µs | 100 | 150 | 1.50 | ≤ 2.00 × maud | ✓ |")),
        "{markdown}"
    );
    assert!(markdown.contains(&format!("| {title} | µs | Firecrest | 150 |\n| {title} | µs | maud | 100 |")));
    assert!(report.text().contains(title));
    report.chapters = vec![(&CHAPTER, judged("{}"))];
    assert_eq!(report.score(), (2, 12));
    assert!(report.text().contains(&format!("✗ {title}, Firecrest, round 1: not in the report")));
}

#[test]
fn a_missed_target_is_marked_and_lowers_the_score() {
    let report = report(&[round(Ok(8.0))], &[3.0, 9.0]);
    assert_eq!(report.score(), (0, 2));
    let markdown = report.markdown(&History::default());
    assert!(markdown.contains("| 2.00 | ≤ 1.35 × limit | ✗ |"), "{markdown}");
    assert!(markdown.contains("| -50 % to +50 % | ✗ |"), "{markdown}");
    assert!(report.text().contains("✗"));
}

#[test]
fn a_failed_measurement_is_marked_and_quoted() {
    let report = report(&[round(Err("3 lost, 0 duplicated, 0 refused; timed out"))], &[3.0]);
    let quoted = "✗ echo, Firecrest, round 1: 3 lost, 0 duplicated, 0 refused; timed out";
    let markdown = report.markdown(&History::default());
    assert!(markdown.contains("| echo | µs | 4.00 | 6.00 | – | – | ≤ 1.35 × limit | ✗ |"), "{markdown}");
    assert!(markdown.contains(quoted) && report.text().contains(quoted), "{markdown}");
}

#[test]
fn the_runs_can_be_read_again_from_the_report() {
    let mut history = History::default();
    for within in [1, 2, 2] {
        let [date, commit] = ["2026-01-02 03:04", "abc"].map(str::to_owned);
        history.push(Entry { date, commit, rounds: 3, within, of: 2 });
    }
    let markdown = report(&[round(Ok(5.0))], &[3.0]).markdown(&history);
    assert!(markdown.contains("within its target: 2."), "{markdown}");
    assert_eq!(History::parse(&markdown), history);
}
