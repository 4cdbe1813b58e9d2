//! From the samples of a row to its verdict.

use std::collections::BTreeMap;

use super::loadgen::Outcome;
use super::rows::{Row, Target};
use super::server::Server;
use super::statistics::{Summary, figure};
use crate::failure::Failure;

/// One measurement of every server, one directly after the other.
pub(crate) type Round = BTreeMap<Server, Result<Outcome, Failure>>;

/// A row with everything that was found out about it.
pub(crate) struct Judged {
    pub(crate) row: &'static Row,
    /// Figures by round; nothing where the measurement failed.
    pub(crate) figures: BTreeMap<Server, Vec<Option<f64>>>,
    /// Firecrest's figures as parts of those that its target names, each of the same round.
    pub(crate) ratio: Option<Summary>,
    pub(crate) verdict: Verdict,
    /// What went wrong, by server and round.
    pub(crate) failures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Within,
    /// Over the target, or not measured in every round.
    Missed,
    /// There is no target.
    Shown,
}

impl Verdict {
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Within => "✓",
            Self::Missed => "✗",
            Self::Shown => "–",
        }
    }

    pub(crate) fn of(is_within: bool) -> Self {
        if is_within { Self::Within } else { Self::Missed }
    }

    /// That of figures without a target: they have to be there.
    pub(crate) fn shown(figures: &[Option<f64>]) -> Self {
        if figures.contains(&None) { Self::Missed } else { Self::Shown }
    }
}

impl Judged {
    /// The median and range of a server's figures.
    pub(crate) fn summary(&self, server: Server) -> Option<Summary> {
        Summary::of(self.figures.get(&server).into_iter().flatten().copied().flatten())
    }

    /// The target in words.
    pub(crate) fn target(&self) -> String {
        match self.row.target {
            Target::AtMost(most) => format!("≤ {} {}", figure(most), self.row.unit),
            Target::Times(times, server) => format!("≤ {} × {}", figure(times), server.name()),
            Target::TimesRow(times, title) => format!("≤ {} × {title}", figure(times)),
            Target::Beside(title) => format!("beside {title}"),
            Target::Shown => "–".to_owned(),
        }
    }
}

/// Judges a row by what was measured of some servers in each round. `reference` has the figures of the row that its target
/// names.
pub(crate) fn judge(
    row: &'static Row,
    servers: &[Server],
    rounds: &[Round],
    reference: &[Option<f64>],
) -> Judged {
    let figures: BTreeMap<_, _> =
        servers.iter().map(|server| (*server, figures(row, rounds, *server))).collect();
    let of = |server| figures.get(&server).map(Vec::as_slice).unwrap_or_default();
    let own = of(Server::Firecrest);
    let (ratio, verdict) = match row.target {
        Target::AtMost(most) => (None, within(own, most).1),
        Target::Times(times, server) => within(&ratios(own, of(server)), times),
        Target::TimesRow(times, _) => within(&ratios(own, reference), times),
        Target::Beside(_) => (within(&ratios(own, reference), 0.0).0, Verdict::shown(own)),
        Target::Shown => (None, Verdict::shown(own)),
    };
    Judged { row, ratio, verdict, failures: failures(row, rounds), figures }
}

/// A server's figures by round.
pub(crate) fn figures(row: &Row, rounds: &[Round], server: Server) -> Vec<Option<f64>> {
    rounds.iter().map(|round| row.metric.of(round.get(&server)?.as_ref().ok()?)).collect()
}

/// One figure as a part of another, round by round; nothing where either is missing.
pub(crate) fn ratios(own: &[Option<f64>], others: &[Option<f64>]) -> Vec<Option<f64>> {
    let others = others.iter().copied().chain(std::iter::repeat(None));
    let ratio =
        |(own, other): (&Option<f64>, Option<f64>)| Some((*own)? / other.filter(|other| *other > 0.0)?);
    own.iter().zip(others).map(ratio).collect()
}

/// The summary of what there is; within the target only if nothing is missing and the median is.
pub(crate) fn within(figures: &[Option<f64>], most: f64) -> (Option<Summary>, Verdict) {
    judged(figures, |median| median <= most)
}

/// The same where the median has to be that large.
pub(crate) fn at_least(figures: &[Option<f64>], least: f64) -> (Option<Summary>, Verdict) {
    judged(figures, |median| median >= least)
}

fn judged(figures: &[Option<f64>], is_good: impl Fn(f64) -> bool) -> (Option<Summary>, Verdict) {
    let summary = Summary::of(figures.iter().copied().flatten());
    let is_complete = !figures.contains(&None);
    (summary, Verdict::of(is_complete && summary.is_some_and(|summary| is_good(summary.median))))
}

fn failures(row: &Row, rounds: &[Round]) -> Vec<String> {
    let mut failures = Vec::new();
    for (number, round) in rounds.iter().enumerate() {
        for (server, sample) in round {
            let what = match sample {
                Err(failure) => failure.to_string(),
                Ok(outcome) if row.metric.of(outcome).is_none() => "not in the report".to_owned(),
                Ok(_) => continue,
            };
            failures.push(format!("{}, {}, round {}: {what}", row.title, server.name(), number + 1));
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::loadgen;
    use crate::bench::rows::Metric;

    const OF_ROW: Row =
        Row { title: "event", unit: "µs", metric: Metric::Cpu, target: Target::TimesRow(2.0, "echo") };
    const OF_LIMIT: Row =
        Row { title: "echo", unit: "µs", metric: Metric::Cpu, target: Target::Times(1.35, Server::Limit) };
    const AT_MOST: Row =
        Row { title: "memory", unit: "KiB", metric: Metric::Cpu, target: Target::AtMost(4.0) };
    const BESIDE: Row =
        Row { title: "own", unit: "µs", metric: Metric::Cpu, target: Target::Beside("shared") };
    const SHOWN: Row = Row { title: "p50", unit: "µs", metric: Metric::Cpu, target: Target::Shown };

    fn sample(cpu: f64) -> Result<Outcome, Failure> {
        loadgen::parse(&format!(r#"{{"server": {{"cpu_us_per_unit": {cpu}}}}}"#))
    }

    fn judge(row: &'static Row, rounds: &[Round]) -> Judged {
        super::judge(row, &Server::ALL, rounds, &[])
    }

    fn round(limit: f64, by_hand: f64, own: f64) -> Round {
        [(Server::Limit, limit), (Server::ByHand, by_hand), (Server::Firecrest, own)]
            .map(|(server, cpu)| (server, sample(cpu)))
            .into()
    }

    #[test]
    fn ratios_are_taken_in_each_round_and_their_median_is_judged() {
        let judged = judge(&OF_LIMIT, &[round(4.0, 8.0, 5.0), round(10.0, 8.0, 13.0), round(4.0, 8.0, 8.0)]);
        assert_eq!(judged.ratio, Some(Summary { median: 1.3, min: 1.25, max: 2.0 }));
        assert_eq!(judged.verdict, Verdict::Within);
        assert_eq!(judged.summary(Server::Limit).unwrap().text(), "4.00 (4.00–10.0)");
        assert_eq!(judged.target(), "≤ 1.35 × limit");
        assert!(judged.failures.is_empty());
    }

    #[test]
    fn a_row_can_be_judged_by_another_where_only_firecrest_is_measured() {
        let own = |cpu| Round::from([(Server::Firecrest, sample(cpu))]);
        let rounds = [own(6.0), own(7.0), own(9.0)];
        let judged = |reference: &[_]| super::judge(&OF_ROW, &[Server::Firecrest], &rounds, reference);
        let within = judged(&[Some(4.0), Some(4.0), Some(4.0)]);
        assert_eq!((within.verdict, within.ratio.unwrap().median), (Verdict::Within, 1.75));
        assert_eq!((within.target().as_str(), within.figures.len()), ("≤ 2.00 × echo", 1));
        assert!(within.summary(Server::Limit).is_none() && within.failures.is_empty());
        assert_eq!(judged(&[Some(3.0), Some(3.0), Some(3.0)]).verdict, Verdict::Missed);
        for incomplete in [&[Some(9.0), None, Some(9.0)][..], &[Some(9.0)], &[]] {
            assert_eq!(judged(incomplete).verdict, Verdict::Missed, "{incomplete:?}");
        }
    }

    #[test]
    fn a_row_can_be_shown_beside_another_without_a_target() {
        let rounds = [Round::from([(Server::Firecrest, sample(9.0))])];
        let judged = |reference: &[_]| super::judge(&BESIDE, &[Server::Firecrest], &rounds, reference);
        let beside = judged(&[Some(3.0)]);
        assert_eq!((beside.verdict, beside.ratio.unwrap().median), (Verdict::Shown, 3.0));
        assert_eq!(beside.target(), "beside shared");
        assert_eq!((judged(&[None]).verdict, judged(&[None]).ratio), (Verdict::Shown, None));
    }

    #[test]
    fn a_missed_target_is_said() {
        let judged = judge(&OF_LIMIT, &[round(4.0, 8.0, 5.5)]);
        assert_eq!((judged.verdict, judged.verdict.sign()), (Verdict::Missed, "✗"));
        assert_eq!(judge(&AT_MOST, &[round(0.2, 13.0, 4.1)]).verdict, Verdict::Missed);
        assert_eq!(judge(&AT_MOST, &[round(0.2, 13.0, 4.0)]).verdict, Verdict::Within);
    }

    #[test]
    fn a_failed_measurement_of_firecrest_misses_every_kind_of_target() {
        for row in [&OF_LIMIT, &AT_MOST, &BESIDE, &SHOWN] {
            let mut failed = round(4.0, 8.0, 4.0);
            failed.insert(Server::Firecrest, Err(Failure::new("3 lost")));
            let judged = judge(row, &[round(4.0, 8.0, 4.0), failed]);
            assert_eq!(judged.verdict, Verdict::Missed, "{}", row.title);
            assert_eq!(judged.failures, [format!("{}, Firecrest, round 2: 3 lost", row.title)]);
        }
    }

    #[test]
    fn without_the_other_servers_figure_a_ratio_cannot_be_judged() {
        let mut failed = round(4.0, 8.0, 4.0);
        failed.insert(Server::Limit, Err(Failure::new("did not start")));
        let judged = judge(&OF_LIMIT, &[failed, round(4.0, 8.0, 4.0)]);
        assert_eq!((judged.verdict, judged.ratio.unwrap().median), (Verdict::Missed, 1.0));
        let mut unrelated = round(4.0, 8.0, 4.0);
        unrelated.insert(Server::ByHand, Err(Failure::new("2 lost")));
        let judged = judge(&OF_LIMIT, &[unrelated]);
        assert_eq!((judged.verdict, judged.failures.len()), (Verdict::Within, 1));
    }

    #[test]
    fn a_figure_that_the_report_lacks_is_a_failure() {
        let mut lacking = round(4.0, 8.0, 4.0);
        lacking.insert(Server::Firecrest, loadgen::parse("{}"));
        let judged = judge(&OF_LIMIT, &[lacking]);
        assert_eq!(judged.verdict, Verdict::Missed);
        assert_eq!(judged.failures, ["echo, Firecrest, round 1: not in the report"]);
        assert_eq!(judge(&OF_LIMIT, &[]).verdict, Verdict::Missed);
    }
}
