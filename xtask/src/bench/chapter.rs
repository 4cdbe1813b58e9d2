//! Figures of programs that are no servers, and what they are judged by.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::judge::{Verdict, at_least, ratios, within};
use super::process::report;
use super::rounds::Bench;
use super::statistics::{Summary, figure};
use super::{cluster, pipeline, presence, rendering, tally, uploads};
use crate::failure::Failure;

/// Longest time that one program may take.
const RUNS_WITHIN: Duration = Duration::from_secs(60);

/// Every chapter, in the order of the report.
pub(crate) static CHAPTERS: [&Chapter; 6] = [
    &rendering::CHAPTER,
    &tally::CHAPTER,
    &presence::CHAPTER,
    &cluster::CHAPTER,
    &pipeline::CHAPTER,
    &uploads::CHAPTER,
];

/// Rows that belong together, and the programs that find out their figures.
pub(crate) struct Chapter {
    /// How `--only` names it.
    pub(crate) name: &'static str,
    pub(crate) heading: &'static str,
    /// What one has to know to read it, Markdown.
    pub(crate) about: &'static str,
    /// Each runs once in every round, in this order.
    pub(crate) programs: &'static [Program],
    pub(crate) rows: &'static [Row],
}

/// A program that prints its figures as an object of JSON.
pub(crate) struct Program {
    /// How figures name it.
    pub(crate) name: &'static str,
    pub(crate) binary: &'static str,
    /// What it is called with, after those before it have run; nothing when what it needs to know was not found out.
    pub(crate) arguments: fn(&Taken) -> Option<Vec<String>>,
}

/// One figure of a chapter.
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) figure: Figure,
    pub(crate) target: Target,
}

/// Where a figure is found.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    /// The program.
    pub(crate) of: &'static str,
    pub(crate) field: &'static str,
    /// How much of it is one of the row's unit.
    pub(crate) per: f64,
}

/// What a figure is judged by.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// At most that, in the row's unit.
    AtMost(f64),
    /// At most that many times another figure of the same round, which has this name.
    Times(f64, &'static str, Figure),
    /// At least that many times.
    AtLeast(f64, &'static str, Figure),
    /// Nothing: the figure is only shown, also as a multiple of another.
    Beside(&'static str, Figure),
    /// Nothing: the figure is only shown.
    Shown,
}

/// What the programs have printed in one round.
#[derive(Default)]
pub(crate) struct Taken(BTreeMap<&'static str, Result<Map<String, Value>, Failure>>);

/// A row with everything that was found out about it.
pub(crate) struct Line {
    pub(crate) row: &'static Row,
    /// Firecrest's figures by round; nothing where the measurement failed.
    pub(crate) own: Vec<Option<f64>>,
    /// The figures that the target names.
    pub(crate) beside: Vec<Option<f64>>,
    /// The ones as parts of the others, each of the same round.
    pub(crate) ratio: Option<Summary>,
    pub(crate) verdict: Verdict,
    /// What went wrong, by round.
    pub(crate) failures: Vec<String>,
}

impl Figure {
    /// A field of what a program prints, in the unit that it prints.
    pub(crate) const fn new(of: &'static str, field: &'static str) -> Self {
        Figure { of, field, per: 1.0 }
    }

    /// The memory of a program's process, in MiB.
    pub(crate) const fn memory(of: &'static str) -> Self {
        Figure { of, field: "memory_bytes", per: 1_048_576.0 }
    }
}

/// What a program is called with, whatever was found out before.
pub(crate) fn words(line: &str) -> Option<Vec<String>> {
    Some(line.split_whitespace().map(str::to_owned).collect())
}

impl Target {
    /// The figure that it names, and its name.
    fn beside(self) -> Option<(&'static str, Figure)> {
        match self {
            Self::Times(_, name, figure) | Self::AtLeast(_, name, figure) | Self::Beside(name, figure) => {
                Some((name, figure))
            }
            Self::AtMost(_) | Self::Shown => None,
        }
    }
}

impl Line {
    /// The target in words.
    pub(crate) fn target(&self) -> String {
        match self.row.target {
            Target::AtMost(most) => format!("≤ {} {}", figure(most), self.row.unit),
            Target::Times(times, name, _) => format!("≤ {} × {name}", figure(times)),
            Target::AtLeast(times, name, _) => format!("≥ {} × {name}", figure(times)),
            Target::Beside(name, _) => format!("beside {name}"),
            Target::Shown => "–".to_owned(),
        }
    }

    /// Name of what the target names, if it does.
    pub(crate) fn beside(&self) -> Option<&'static str> {
        self.row.target.beside().map(|(name, _)| name)
    }
}

impl Taken {
    /// Runs every program once.
    fn now(binaries: &Path, programs: &[Program]) -> Self {
        let mut taken = Taken::default();
        for program in programs {
            let printed = match (program.arguments)(&taken) {
                Some(arguments) => report(binaries, program.binary, &arguments, RUNS_WITHIN),
                None => Err(Failure::new(format!("{} lacks the figures of another program", program.binary))),
            };
            taken.0.insert(program.name, printed);
        }
        taken
    }

    /// A figure, or why there is none.
    pub(crate) fn find(&self, Figure { of, field, per }: Figure) -> Result<f64, String> {
        let printed = self.0.get(of).ok_or("not measured")?.as_ref().map_err(ToString::to_string)?;
        let figure = printed.get(field).and_then(Value::as_f64);
        figure.map(|figure| figure / per).ok_or_else(|| "not in the report".to_owned())
    }
}

/// Measures every row of a chapter `count` times.
pub(crate) fn run(bench: &Bench, chapter: &'static Chapter, count: usize) -> Vec<Line> {
    let round = |number: usize| {
        println!("round {} of {count}: {}", number + 1, chapter.name);
        let taken = Taken::now(&bench.binaries, chapter.programs);
        chapter.rows.iter().for_each(|row| println!("    {}", said(row, &taken)));
        taken
    };
    judge(chapter, &(0..count).map(round).collect::<Vec<_>>())
}

fn said(row: &Row, taken: &Taken) -> String {
    let found = match taken.find(row.figure) {
        Ok(found) => figure(found) + " " + row.unit,
        Err(reason) => format!("✗ {reason}"),
    };
    format!("{}: {found}", row.title)
}

fn judge(chapter: &'static Chapter, rounds: &[Taken]) -> Vec<Line> {
    chapter.rows.iter().map(|row| line(row, rounds)).collect()
}

fn line(row: &'static Row, rounds: &[Taken]) -> Line {
    let figures = |figure: Figure| -> Vec<_> { rounds.iter().map(|taken| taken.find(figure).ok()).collect() };
    let own = figures(row.figure);
    let beside = row.target.beside().map(|(_, figure)| figures(figure)).unwrap_or_default();
    let parts = ratios(&own, &beside);
    let (ratio, verdict) = match row.target {
        Target::AtMost(most) => (None, within(&own, most).1),
        Target::Times(times, ..) => within(&parts, times),
        Target::AtLeast(times, ..) => at_least(&parts, times),
        Target::Beside(..) => (Summary::of(parts.into_iter().flatten()), Verdict::shown(&own)),
        Target::Shown => (None, Verdict::shown(&own)),
    };
    Line { row, own, beside, ratio, verdict, failures: failures(row, rounds) }
}

fn failures(row: &Row, rounds: &[Taken]) -> Vec<String> {
    let mut failures = Vec::new();
    let figures = [("Firecrest", row.figure)].into_iter().chain(row.target.beside());
    for (of, figure) in figures {
        let reasons =
            rounds.iter().enumerate().filter_map(|(number, taken)| Some((number, taken.find(figure).err()?)));
        let told = |(number, reason)| format!("{}, {of}, round {}: {reason}", row.title, number + 1);
        failures.extend(reasons.map(told));
    }
    failures
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    use super::*;

    /// What programs have printed.
    impl<const N: usize> From<[(&'static str, &str); N]> for Taken {
        fn from(printed: [(&'static str, &str); N]) -> Self {
            let parsed =
                |json: &str| serde_json::from_str(json).map_err(|error| Failure::new(error.to_string()));
            Taken(printed.into_iter().map(|(name, json)| (name, parsed(json))).collect())
        }
    }

    /// The rows of a chapter after one round in which its programs have printed this.
    pub(crate) fn judged<const N: usize>(
        chapter: &'static Chapter,
        printed: [(&'static str, &str); N],
    ) -> Vec<Line> {
        judge(chapter, &[printed.into()])
    }

    const fn own(per: f64) -> Figure {
        Figure { of: "a", field: "own", per }
    }

    const OTHER: Figure = Figure { of: "b", field: "other", per: 1.0 };

    static CHAPTER: Chapter = Chapter {
        name: "n",
        heading: "N",
        about: "",
        programs: &[
            Program { name: "a", binary: "yardstick-a", arguments: |_| Some(Vec::new()) },
            Program {
                name: "b",
                binary: "yardstick-b",
                arguments: |taken| taken.find(own(1.0)).ok().map(|found| vec![found.to_string()]),
            },
        ],
        rows: &[
            Row { title: "most", unit: "µs", figure: own(1e3), target: Target::AtMost(2.0) },
            Row { title: "times", unit: "ns", figure: own(1.0), target: Target::Times(2.0, "b", OTHER) },
            Row { title: "least", unit: "ns", figure: own(1.0), target: Target::AtLeast(0.8, "b", OTHER) },
            Row { title: "beside", unit: "ns", figure: own(1.0), target: Target::Beside("b", OTHER) },
            Row { title: "shown", unit: "ns", figure: own(1.0), target: Target::Shown },
        ],
    };

    fn signs(own: &str, other: &str) -> String {
        let lines = judged(&CHAPTER, [("a", own), ("b", other)]);
        lines.iter().map(|line| line.verdict.sign()).collect()
    }

    #[test]
    fn every_kind_of_target_can_be_kept_and_missed() {
        for (own, other, expected) in [
            (1500.0, 1000.0, "✓✓✓––"),
            (2001.0, 1000.0, "✗✗✓––"),
            (799.0, 1000.0, "✓✓✗––"),
            (800.0, 1000.0, "✓✓✓––"),
        ] {
            let json = |field, figure| format!(r#"{{"{field}": {figure}, "more": "text"}}"#);
            assert_eq!(signs(&json("own", own), &json("other", other)), expected, "{own}");
        }
    }

    #[test]
    fn a_target_is_put_in_words() {
        let lines = judged(&CHAPTER, [("a", r#"{"own": 1500}"#), ("b", r#"{"other": 1000}"#)]);
        let targets: Vec<_> = lines.iter().map(Line::target).collect();
        assert_eq!(targets, ["≤ 2.00 µs", "≤ 2.00 × b", "≥ 0.80 × b", "beside b", "–"]);
        assert_eq!((lines[0].own[0], lines[3].ratio.unwrap().median), (Some(1.5), 1.5));
    }

    #[test]
    fn a_figure_that_is_not_there_misses_every_kind_of_target_and_says_why() {
        assert_eq!(signs("{}", "{}"), "✗✗✗✗✗");
        assert_eq!(signs("nonsense", r#"{"other": 1}"#), "✗✗✗✗✗");
        assert_eq!(signs(r#"{"own": 1}"#, "{}"), "✓✗✗––");
        let lines = judged(&CHAPTER, [("a", r#"{"own": 1}"#), ("b", "{}")]);
        assert_eq!(lines[1].failures, ["times, b, round 1: not in the report"]);
        let lines = judged(&CHAPTER, [("a", "{}")]);
        let expected = ["times, Firecrest, round 1: not in the report", "times, b, round 1: not measured"];
        assert_eq!(lines[1].failures, expected);
    }

    #[test]
    fn a_program_that_was_not_built_misses_every_row_and_is_named() {
        let bench = Bench { binaries: PathBuf::from("nowhere"), files: 1_024 };
        for line in run(&bench, &CHAPTER, 2) {
            assert_eq!((line.verdict, line.own.len()), (Verdict::Missed, 2));
            assert!(line.failures[0].contains("yardstick-a cannot be started"), "{:?}", line.failures);
        }
        let lacks = &run(&bench, &CHAPTER, 1)[1].failures[1];
        assert_eq!(lacks, "times, b, round 1: yardstick-b lacks the figures of another program");
    }

    #[test]
    fn every_figure_names_a_program_of_its_chapter() {
        for chapter in CHAPTERS {
            let is_known = |figure: Figure| chapter.programs.iter().any(|program| program.name == figure.of);
            for row in chapter.rows {
                let beside = row.target.beside().map(|(_, figure)| figure);
                assert!(is_known(row.figure) && beside.is_none_or(is_known), "{}", row.title);
            }
        }
    }
}
