//! What a broadcast costs that comes from another node.

use super::chapter::{Chapter, Figure, Program, Row, Target};

pub(crate) static CHAPTER: Chapter = Chapter {
    name: "cluster",
    heading: "Several nodes",
    about: include_str!("cluster.md"),
    programs: &[
        Program { name: NATS, binary: BINARY, arguments: |_| Some(vec!["nats".to_owned()]) },
        Program { name: REDIS, binary: BINARY, arguments: |_| Some(vec!["redis".to_owned()]) },
    ],
    rows: &[
        delivery("a broadcast of another node to 1,000, over NATS", NATS),
        delivery("a broadcast of another node to 1,000, over Redis", REDIS),
        bystander("a node without subscribers meanwhile, over NATS", NATS),
        bystander("a node without subscribers meanwhile, over Redis", REDIS),
        broadcast("the node whose client broadcasts, over NATS", NATS, "publisher_us"),
        broadcast("the node whose client broadcasts, over Redis", REDIS, "publisher_us"),
        broadcast("the broker: NATS", NATS, "broker_us"),
        broadcast("the broker: Redis", REDIS, "broker_us"),
    ],
};

const BINARY: &str = "yardstick-cluster";

const NATS: &str = "nats";
const REDIS: &str = "redis";

const fn delivery(title: &'static str, of: &'static str) -> Row {
    let target = Target::Times(1.2, "one of its own", Figure::new(of, "local_us"));
    Row { title, unit: "µs per delivery", figure: Figure::new(of, "remote_us"), target }
}

const fn bystander(title: &'static str, of: &'static str) -> Row {
    let unit = "% of the node that delivers";
    Row { title, unit, figure: Figure::new(of, "bystander_percent"), target: Target::AtMost(1.0) }
}

const fn broadcast(title: &'static str, of: &'static str, field: &'static str) -> Row {
    Row { title, unit: "µs per broadcast", figure: Figure::new(of, field), target: Target::Shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::chapter::{Line, tests::judged};

    const OVER_NATS: &str =
        r#"{"local_us": 2, "remote_us": 2.4, "publisher_us": 40, "broker_us": 9, "bystander_percent": 1}"#;
    const OVER_REDIS: &str =
        r#"{"local_us": 3, "remote_us": 3.3, "publisher_us": 50, "broker_us": 8, "bystander_percent": 0.5}"#;

    fn lines(nats: &str, redis: &str) -> Vec<Line> {
        judged(&CHAPTER, [(NATS, nats), (REDIS, redis)])
    }

    fn signs(lines: &[Line]) -> String {
        lines.iter().map(|line| line.verdict.sign()).collect()
    }

    #[test]
    fn every_row_has_its_own_figure_and_ratio() {
        let lines = lines(OVER_NATS, OVER_REDIS);
        let own: Vec<_> = lines.iter().map(|line| line.own[0].unwrap()).collect();
        assert_eq!(own, [2.4, 3.3, 1.0, 0.5, 40.0, 50.0, 9.0, 8.0]);
        let ratios: Vec<_> = lines.iter().filter_map(|line| line.ratio.map(|ratio| ratio.median)).collect();
        assert!((ratios[0] - 1.2).abs() < 1e-9 && (ratios[1] - 1.1).abs() < 1e-9, "{ratios:?}");
        assert_eq!(signs(&lines), "✓✓✓✓––––");
    }

    #[test]
    fn each_target_can_be_missed() {
        let missed = |json: &str| json.replace("2.4", "2.41").replace("3.3", "3.7");
        assert_eq!(signs(&lines(&missed(OVER_NATS), &missed(OVER_REDIS))), "✗✗✓✓––––");
        let busy = |json: &str| json.replace("percent\": 1", "percent\": 1.1").replace("0.5", "1.5");
        assert_eq!(signs(&lines(&busy(OVER_NATS), &busy(OVER_REDIS))), "✓✓✗✗––––");
    }

    #[test]
    fn without_a_broker_its_rows_are_missed() {
        assert_eq!(signs(&lines(OVER_NATS, "yardstick-cluster ended")), "✓✗✓✗–✗–✗");
    }
}
