//! What presence costs.

use super::chapter::{Chapter, Figure, Program, Row, Target, words};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "presence",
    heading: "Presence",
    about: include_str!("presence.md"),
    programs: &[
        Program { name: WATCHED, binary: BINARY, arguments: |_| words("watched") },
        Program { name: PACED, binary: BINARY, arguments: |_| words("watched --per-second 500") },
        Program { name: FEW, binary: BINARY, arguments: |_| words("everybody 500") },
        Program { name: SOME, binary: BINARY, arguments: |_| words("everybody 1000") },
        Program { name: MANY, binary: BINARY, arguments: |_| words("everybody 2000") },
        Program { name: MEMORY, binary: BINARY, arguments: |_| words("memory") },
        Program { name: COUNTS, binary: BINARY, arguments: |_| words("counts") },
        Program { name: SHORT, binary: BINARY, arguments: |_| words("apply 1000") },
        Program { name: LONG, binary: BINARY, arguments: |_| words("apply 100000") },
    ],
    rows: &[
        Row {
            title: "2,000 members join, and somebody watches: a join",
            unit: "µs per join",
            figure: Figure::new(WATCHED, "watched_us"),
            target: Target::Times(2.0, "without presence", Figure::new(WATCHED, "plain_us")),
        },
        Row {
            title: "the same with connecting",
            unit: "µs per join",
            figure: Figure::new(WATCHED, "watched_connect_us"),
            target: Target::Beside("without presence", Figure::new(WATCHED, "plain_connect_us")),
        },
        Row {
            title: "the same at 500 joins per second: a join",
            unit: "µs per join",
            figure: Figure::new(PACED, "watched_us"),
            target: Target::Times(2.0, "without presence", Figure::new(PACED, "plain_us")),
        },
        Row {
            title: "2,000 join at 500 per second, and everybody is told of everybody: a join",
            unit: "µs per join",
            figure: Figure::new(MANY, "join_us"),
            target: Target::Beside("without presence", Figure::new(PACED, "plain_us")),
        },
        Row {
            title: "everybody is told of 2,000: bytes for a client and member",
            unit: "bytes",
            figure: Figure::new(MANY, "bytes_per_member"),
            target: Target::Times(1.3, "the same of 500", Figure::new(FEW, "bytes_per_member")),
        },
        Row {
            title: "everybody is told of 1,000: bytes for a client and member",
            unit: "bytes",
            figure: Figure::new(SOME, "bytes_per_member"),
            target: Target::Beside("the same of 500", Figure::new(FEW, "bytes_per_member")),
        },
        messages("everybody is told of 500, who come at 500 per second: messages for a client", FEW),
        messages("everybody is told of 1,000: messages for a client", SOME),
        messages("everybody is told of 2,000: messages for a client", MANY),
        memory("memory of one of 100,000 members where it is connected", "own_bytes"),
        memory("memory of one of 100,000 members on another node", "elsewhere_bytes"),
        count("100,000 members on 3 nodes come and go, only counted: sent by a node for that", "node_bytes"),
        Row {
            title: "the same: sent by a node in all",
            unit: "bytes per second",
            figure: Figure::new(COUNTS, "node_all_bytes"),
            target: Target::Shown,
        },
        count("the same: sent to a client who watches", "client_bytes"),
        Row {
            title: "100 changes of another node among 100,000 members: a change",
            unit: "µs",
            figure: change(LONG),
            target: Target::Beside("the same among 1,000", change(SHORT)),
        },
        Row {
            title: "the same in a plain map, which can do no less",
            unit: "µs",
            figure: plain(LONG),
            target: Target::Beside("the same among 1,000", plain(SHORT)),
        },
    ],
};

const BINARY: &str = "yardstick-presence";

const WATCHED: &str = "watched";
const PACED: &str = "paced";
const FEW: &str = "few";
const SOME: &str = "some";
const MANY: &str = "many";
const MEMORY: &str = "memory";
const COUNTS: &str = "counts";
const SHORT: &str = "short";
const LONG: &str = "long";

const fn change(of: &'static str) -> Figure {
    Figure { of, field: "change_ns", per: 1e3 }
}

const fn plain(of: &'static str) -> Figure {
    Figure { of, field: "plain_ns", per: 1e3 }
}

const fn messages(title: &'static str, of: &'static str) -> Row {
    Row { title, unit: "messages", figure: Figure::new(of, "messages"), target: Target::Shown }
}

const fn memory(title: &'static str, field: &'static str) -> Row {
    Row { title, unit: "bytes", figure: Figure::new(MEMORY, field), target: Target::AtMost(300.0) }
}

const fn count(title: &'static str, field: &'static str) -> Row {
    Row { title, unit: "bytes per second", figure: Figure::new(COUNTS, field), target: Target::AtMost(100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::chapter::{Line, tests::judged};

    /// Reports within all targets, by program.
    const GOOD: [(&str, &str); 9] = [
        (WATCHED, r#"{"plain_us": 10, "watched_us": 20, "plain_connect_us": 20, "watched_connect_us": 30}"#),
        (PACED, r#"{"plain_us": 20, "watched_us": 40, "plain_connect_us": 1, "watched_connect_us": 1}"#),
        (FEW, r#"{"bytes_per_member": 100, "messages": 3}"#),
        (SOME, r#"{"bytes_per_member": 120, "messages": 4}"#),
        (MANY, r#"{"join_us": 500, "bytes_per_member": 130, "messages": 5}"#),
        (MEMORY, r#"{"own_bytes": 300, "elsewhere_bytes": 300}"#),
        (COUNTS, r#"{"node_bytes": 100, "node_all_bytes": 120, "client_bytes": 100}"#),
        (SHORT, r#"{"change_ns": 1000, "plain_ns": 100}"#),
        (LONG, r#"{"change_ns": 1500, "plain_ns": 250}"#),
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
        let expected = [
            20.0, 30.0, 40.0, 500.0, 130.0, 120.0, 3.0, 4.0, 5.0, 300.0, 300.0, 100.0, 120.0, 100.0, 1.5,
            0.25,
        ];
        assert_eq!(own, expected);
        let ratios: Vec<_> = lines.iter().filter_map(|line| line.ratio.map(|ratio| ratio.median)).collect();
        assert_eq!(ratios, [2.0, 1.5, 2.0, 25.0, 1.3, 1.2, 1.5, 2.5]);
        assert_eq!(signs(&lines), "✓–✓–✓––––✓✓✓–✓––");
    }

    #[test]
    fn each_target_can_be_missed() {
        for (row, program, good, bad) in [
            (0, WATCHED, r#""watched_us": 20"#, r#""watched_us": 20.1"#),
            (2, PACED, r#""watched_us": 40"#, r#""watched_us": 40.1"#),
            (4, MANY, "130", "131"),
            (9, MEMORY, r#""own_bytes": 300"#, r#""own_bytes": 301"#),
            (10, MEMORY, r#""elsewhere_bytes": 300"#, r#""elsewhere_bytes": 301"#),
            (11, COUNTS, r#""node_bytes": 100"#, r#""node_bytes": 101"#),
            (13, COUNTS, r#""client_bytes": 100"#, r#""client_bytes": 101"#),
        ] {
            let lines = lines(program, good, bad);
            let missed: Vec<_> = (0..lines.len()).filter(|row| lines[*row].verdict.sign() == "✗").collect();
            assert_eq!(missed, [row], "{program}: {bad}");
        }
    }
}
