//! What rendering a page costs, measured without sockets: with them, the page would hide behind the write.

use super::chapter::{Chapter, Figure, Program, Row, Target};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "rendering",
    heading: "Rendering",
    about: include_str!("rendering.md"),
    programs: &[Program { name: PAGE, binary: "yardstick-render", arguments: |_| Some(Vec::new()) }],
    rows: &[
        Row {
            title: "a page of 1,000 rows of 5 cells, to HTML",
            unit: "µs",
            figure: HTML,
            target: Target::Times(2.0, "maud", micros("maud_ns")),
        },
        Row {
            title: "one cell has changed: the page and its diff",
            unit: "µs",
            figure: micros("change_ns"),
            target: Target::Times(1.5, "the page to HTML", HTML),
        },
        Row {
            title: "one cell has changed: size of the diff",
            unit: "bytes",
            figure: count("change_bytes"),
            target: Target::AtMost(60.0),
        },
        Row {
            title: "the first row is the last now: the page and its diff",
            unit: "µs",
            figure: micros("move_ns"),
            target: Target::Shown,
        },
        Row {
            title: "the first row is the last now: size of the diff",
            unit: "bytes",
            figure: count("move_bytes"),
            target: Target::Shown,
        },
        Row {
            title: "the first row is the last now: cells in the diff",
            unit: "texts",
            figure: count("move_cells"),
            target: Target::AtMost(0.0),
        },
        Row {
            title: "an item more in a stream of 100,000: the page and its message",
            unit: "µs",
            figure: micros("insert_many_ns"),
            target: Target::Times(1.2, "one more in a stream of 10", micros("insert_few_ns")),
        },
        Row {
            title: "an item more in a stream: size of the message",
            unit: "bytes",
            figure: count("insert_bytes"),
            target: Target::AtMost(140.0),
        },
        Row {
            title: "one of 1,000 components has changed: the component and its message",
            unit: "µs",
            figure: micros("component_ns"),
            target: Target::Times(0.02, "rendering all of them", micros("components_ns")),
        },
        Row {
            title: "one of 1,000 components has changed: size of the message",
            unit: "bytes",
            figure: count("component_bytes"),
            target: Target::AtMost(100.0),
        },
    ],
};

const PAGE: &str = "page";

const HTML: Figure = micros("html_ns");

const fn micros(field: &'static str) -> Figure {
    Figure { of: PAGE, field, per: 1e3 }
}

const fn count(field: &'static str) -> Figure {
    Figure::new(PAGE, field)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::bench::chapter::{Line, tests};
    use crate::bench::judge::Verdict;

    /// The rows of one round with this report.
    pub(crate) fn judged(json: &str) -> Vec<Line> {
        tests::judged(&CHAPTER, [(PAGE, json)])
    }

    /// A report within all targets.
    pub(crate) const GOOD: &str = r#"{"rows": 1000, "maud_ns": 100000, "html_ns": 150000, "change_ns": 210000, "change_bytes": 55,
        "move_ns": 300000, "move_bytes": 11000, "move_cells": 0, "insert_few_ns": 1000, "insert_many_ns": 1100, "insert_bytes": 130,
        "component_ns": 1000, "components_ns": 500000, "component_bytes": 40}"#;

    #[test]
    fn every_row_has_its_own_figure_and_target() {
        let judged = judged(GOOD);
        let own: Vec<_> = judged.iter().map(|line| line.own[0].unwrap()).collect();
        assert_eq!(own, [150.0, 210.0, 55.0, 300.0, 11_000.0, 0.0, 1.1, 130.0, 1.0, 40.0]);
        let ratios: Vec<_> = judged.iter().map(|line| line.ratio.map(|ratio| ratio.median)).collect();
        assert_eq!(
            ratios,
            [Some(1.5), Some(1.4), None, None, None, None, Some(1.1), None, Some(0.002), None]
        );
        let targets: Vec<_> = judged.iter().map(Line::target).collect();
        assert_eq!(targets[..3], ["≤ 2.00 × maud", "≤ 1.50 × the page to HTML", "≤ 60.0 bytes"]);
        let signs: String = judged.iter().map(|line| line.verdict.sign()).collect();
        assert_eq!(signs, "✓✓✓––✓✓✓✓✓");
    }

    #[test]
    fn each_target_can_be_missed() {
        for (row, good, bad) in [
            (0, "\"html_ns\": 150000", "\"html_ns\": 201000"),
            (1, "\"change_ns\": 210000", "\"change_ns\": 226000"),
            (2, "\"change_bytes\": 55", "\"change_bytes\": 61"),
            (5, "\"move_cells\": 0", "\"move_cells\": 1"),
            (6, "\"insert_many_ns\": 1100", "\"insert_many_ns\": 1300"),
            (7, "\"insert_bytes\": 130", "\"insert_bytes\": 141"),
            (8, "\"component_ns\": 1000", "\"component_ns\": 10100"),
            (9, "\"component_bytes\": 40", "\"component_bytes\": 101"),
        ] {
            assert_eq!(judged(&GOOD.replace(good, bad))[row].verdict, Verdict::Missed, "{bad}");
        }
    }
}
