//! What a pipeline costs.

use super::chapter::{Chapter, Figure, Program, Row, Target, words};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "pipeline",
    heading: "Pipelines",
    about: include_str!("pipeline.md"),
    programs: &[
        Program { name: MPSC, binary: BINARY, arguments: |_| words("mpsc") },
        Program { name: PIPELINE, binary: BINARY, arguments: |_| words("pipeline") },
        Program { name: MEMORY, binary: BINARY, arguments: |_| words("memory") },
        Program { name: FEW, binary: BINARY, arguments: |_| words("last 500") },
        Program { name: ALONE, binary: BINARY, arguments: |_| words("last 500 --workers 1") },
        Program { name: CROWD, binary: BINARY, arguments: |_| words("last 500 --workers 100") },
        Program { name: SOME, binary: BINARY, arguments: |_| words("last 10000") },
        Program { name: MANY, binary: BINARY, arguments: |_| words("last 100000") },
    ],
    rows: &[
        Row {
            title: "a million items through 10 workers, handed over as there is room: an item",
            unit: "ns",
            figure: Figure::new(PIPELINE, "wait_ns"),
            target: Target::Times(3.0, "tokio's channels to 10 tasks", Figure::new(MPSC, "wait_ns")),
        },
        Row {
            title: "the same with room for all",
            unit: "ns",
            figure: Figure::new(PIPELINE, "room_ns"),
            target: Target::Times(3.0, "tokio's channels to 10 tasks", Figure::new(MPSC, "room_ns")),
        },
        Row {
            title: "the same as there is room, in order for each key",
            unit: "ns",
            figure: Figure::new(PIPELINE, "partitioned_ns"),
            target: Target::Beside("tokio's channels to 10 tasks", Figure::new(MPSC, "wait_ns")),
        },
        Row {
            title: "10 million items of 64 bytes for workers that stand still: memory",
            unit: "MiB",
            figure: Figure::memory(MEMORY),
            target: Target::AtMost(8.0),
        },
        Row {
            title: "the same: most items that have waited",
            unit: "items",
            figure: Figure::new(MEMORY, "depth"),
            target: Target::AtMost(10_000.0),
        },
        Row {
            title: "500 items at once, 10 workers, each broadcast: until the last one",
            unit: "ms",
            figure: Figure::new(FEW, "last_ms"),
            target: Target::AtMost(25.0),
        },
        last("the same with one worker", ALONE),
        last("the same with 100 workers", CROWD),
        last("10,000 items at once, 10 workers: until the last one", SOME),
        last("100,000 items at once, 10 workers: until the last one", MANY),
        Row {
            title: "the same: time in the queue, all but a hundredth of the items",
            unit: "ms",
            figure: Figure::new(MANY, "queued_p99_ms"),
            target: Target::Beside("half of the items", Figure::new(MANY, "queued_p50_ms")),
        },
    ],
};

const BINARY: &str = "yardstick-pipeline";

const MPSC: &str = "mpsc";
const PIPELINE: &str = "pipeline";
const MEMORY: &str = "memory";
const FEW: &str = "few";
const ALONE: &str = "alone";
const CROWD: &str = "crowd";
const SOME: &str = "some";
const MANY: &str = "many";

const fn last(title: &'static str, of: &'static str) -> Row {
    Row { title, unit: "ms", figure: Figure::new(of, "last_ms"), target: Target::Shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::chapter::{Line, tests::judged};

    /// Reports within all targets, by program.
    const GOOD: [(&str, &str); 8] = [
        (MPSC, r#"{"wait_ns": 100, "room_ns": 60}"#),
        (PIPELINE, r#"{"wait_ns": 300, "room_ns": 180, "partitioned_ns": 250}"#),
        (MEMORY, r#"{"memory_bytes": 8388608, "depth": 10000}"#),
        (FEW, r#"{"last_ms": 25}"#),
        (ALONE, r#"{"last_ms": 2}"#),
        (CROWD, r#"{"last_ms": 3}"#),
        (SOME, r#"{"last_ms": 4}"#),
        (MANY, r#"{"last_ms": 5, "queued_p99_ms": 6, "queued_p50_ms": 3}"#),
    ];

    /// The rows after one round in which one program has printed something else.
    fn lines(program: &str, good: &str, bad: &str) -> Vec<Line> {
        let printed = GOOD.map(|(name, json)| {
            let json = if name == program { json.replace(good, bad) } else { json.to_owned() };
            (name, json)
        });
        judged(&CHAPTER, printed.each_ref().map(|(name, json)| (*name, json.as_str())))
    }

    fn signs(lines: &[Line]) -> String {
        lines.iter().map(|line| line.verdict.sign()).collect()
    }

    #[test]
    fn every_row_has_its_own_figure_and_ratio() {
        let lines = lines("", "", "");
        let own: Vec<_> = lines.iter().map(|line| line.own[0].unwrap()).collect();
        assert_eq!(own, [300.0, 180.0, 250.0, 8.0, 10_000.0, 25.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let ratios: Vec<_> = lines.iter().filter_map(|line| line.ratio.map(|ratio| ratio.median)).collect();
        assert_eq!(ratios, [3.0, 3.0, 2.5, 2.0]);
        assert_eq!(signs(&lines), "✓✓–✓✓✓–––––");
    }

    #[test]
    fn each_target_can_be_missed() {
        for (row, program, good, bad) in [
            (0, PIPELINE, "300", "301"),
            (1, PIPELINE, "180", "181"),
            (3, MEMORY, "8388608", "8388609"),
            (4, MEMORY, "10000", "10001"),
            (5, FEW, "25", "25.1"),
        ] {
            let lines = lines(program, good, bad);
            let missed: Vec<_> = (0..lines.len()).filter(|row| lines[*row].verdict.sign() == "✗").collect();
            assert_eq!(missed, [row], "{program}: {bad}");
        }
    }
}
