//! What files cost on their way into a live view.

use super::chapter::{Chapter, Figure, Program, Row, Target, words};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "uploads",
    heading: "Uploads",
    about: include_str!("uploads.md"),
    programs: &[
        Program { name: HTTP, binary: BINARY, arguments: |_| words("http") },
        Program { name: LIVE, binary: BINARY, arguments: |_| words("live") },
        Program { name: SMALL, binary: BINARY, arguments: |_| words("live --chunks 50") },
    ],
    rows: &[
        Row {
            title: "a file of 64 MB to a live view",
            unit: "MB/s",
            figure: speed(LIVE),
            target: Target::AtLeast(0.5, "the same with HTTP", speed(HTTP)),
        },
        Row {
            title: "the same: memory",
            unit: "MiB",
            figure: Figure::memory(LIVE),
            target: Target::Times(1.25, "with a file of 3.2 MB", Figure::memory(SMALL)),
        },
    ],
};

const BINARY: &str = "yardstick-uploads";

const HTTP: &str = "http";
const LIVE: &str = "live";
const SMALL: &str = "small";

const fn speed(of: &'static str) -> Figure {
    Figure::new(of, "megabytes_per_second")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::chapter::tests::judged;

    fn signs(live: f64, memory: u32) -> String {
        let live = format!(r#"{{"megabytes_per_second": {live}, "memory_bytes": {memory}}}"#);
        let printed = [
            (HTTP, r#"{"megabytes_per_second": 400, "memory_bytes": 1}"#),
            (LIVE, &live),
            (SMALL, r#"{"megabytes_per_second": 100, "memory_bytes": 1000}"#),
        ];
        judged(&CHAPTER, printed).iter().map(|line| line.verdict.sign()).collect()
    }

    #[test]
    fn each_target_can_be_met_and_missed() {
        assert_eq!(signs(200.0, 1_250), "✓✓");
        assert_eq!(signs(199.0, 1_250), "✗✓");
        assert_eq!(signs(200.0, 1_251), "✓✗");
    }
}
