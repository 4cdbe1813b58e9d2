//! The benchmark's result as text.

use super::chapter::{Chapter, Line};
use super::curve::{Curve, Point, Side, spread};
use super::history::History;
use super::judge::{Judged, Verdict};
use super::machine::Machine;
use super::server::Server;
use super::statistics::{Summary, bars, figure};
use super::table::Table;

/// Everything that one run found out.
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) date: String,
    pub(crate) commit: String,
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<Judged>,
    pub(crate) chapters: Vec<(&'static Chapter, Vec<Line>)>,
    pub(crate) curves: Vec<Curve>,
    /// Ways in which the run differed from what it should be.
    pub(crate) notes: Vec<String>,
}

impl Report {
    /// How many figures and curves are within their targets, and how many have one.
    pub(crate) fn score(&self) -> (usize, usize) {
        let rows = self.rows.iter().map(|judged| judged.verdict);
        let lines = self.lines().map(|line| line.verdict);
        let verdicts = rows.chain(lines).chain(self.curves.iter().map(Curve::verdict));
        let judged: Vec<_> = verdicts.filter(|verdict| *verdict != Verdict::Shown).collect();
        (judged.iter().filter(|verdict| **verdict == Verdict::Within).count(), judged.len())
    }

    /// For the terminal.
    pub(crate) fn text(&self) -> String {
        let mut tables = Vec::new();
        if !self.rows.is_empty() {
            tables.push(self.table().aligned());
        }
        tables.extend(self.chapters.iter().map(|(_, lines)| chapter(lines).aligned()));
        if !self.curves.is_empty() {
            tables.push(self.growth().aligned());
        }
        let text = tables.join("\n");
        let remarks: String = self.remarks().map(|remark| format!("✗ {remark}\n")).collect();
        if remarks.is_empty() { text } else { format!("{text}\n{remarks}") }
    }

    /// For `BENCHMARKS.md`.
    pub(crate) fn markdown(&self, history: &History) -> String {
        let (within, of) = self.score();
        let head = include_str!("head.md");
        let machine = self.machine();
        let table = self.table().markdown();
        let chapters: String = self.chapters.iter().map(section).collect();
        let growth = self.growth().markdown();
        let in_a_row = history.passed_in_a_row();
        let runs = history.table().markdown();
        let raw = self.raw().markdown();
        let raw_growth = self.raw_growth().markdown();
        let remarks: String = self.remarks().map(|remark| format!("- ✗ {remark}\n")).collect();
        let remarks = if remarks.is_empty() { remarks } else { format!("\n{remarks}") };
        format!(
            "{head}\n{machine}\n## Result: {within} of {of} within target\n\n{table}{remarks}\n\
             {chapters}## Growth\n\n{}\n\n{growth}\n\
             ## Runs\n\nRuns in a row of the latest commit with every figure within its target: {in_a_row}.\n\n{runs}\n\
             <details><summary>Every figure of every round</summary>\n\n{raw}\n{raw_growth}\n</details>\n",
            include_str!("growth.md").trim_end(),
        )
    }

    fn machine(&self) -> String {
        let Machine { processor, cores, memory, kernel, compiler, load } = &self.machine;
        format!(
            "- Machine: {processor}, {cores} cores, {memory:.0} GiB of memory, Linux {kernel}; the load generator \
             runs on it too\n- Load at the start: {load}\n- Compiler: {compiler}, release profile\n\
             - Commit: {}\n- Date: {} UTC\n- Rounds: {}\n",
            self.commit, self.date, self.rounds
        )
    }

    fn table(&self) -> Table {
        let mut table =
            Table::new(&["row", "unit", "limit", "by hand", "Firecrest", "ratio", "target", "verdict"]);
        for judged in &self.rows {
            let mut cells = vec![judged.row.title.to_owned(), judged.row.unit.to_owned()];
            cells.extend(Server::ALL.map(|server| summary(judged.summary(server))));
            cells.extend([summary(judged.ratio), judged.target(), judged.verdict.sign().to_owned()]);
            table.push(cells);
        }
        table
    }

    fn growth(&self) -> Table {
        let header = ["curve", "unit", "cost at N", "", "spread", "ratio to", "at N", "spread", "verdict"];
        let mut table = Table::new(&header);
        for curve in &self.curves {
            table.push(vec![
                curve.title.to_owned(),
                curve.unit.to_owned(),
                points(curve, Point::cost),
                bars(&curve.costs()),
                spread(curve.costs()),
                curve.beside.to_owned(),
                points(curve, Point::ratio),
                spread(curve.ratios()),
                curve.verdict().sign().to_owned(),
            ]);
        }
        table
    }

    fn raw(&self) -> Table {
        let mut table = Table::new(&["row", "unit", "of", "by round"]);
        for judged in &self.rows {
            for (server, figures) in &judged.figures {
                let [title, unit, server] =
                    [judged.row.title, judged.row.unit, server.name()].map(str::to_owned);
                table.push(vec![title, unit, server, list(figures)]);
            }
        }
        for line in self.lines() {
            let own = [("Firecrest", &line.own)].into_iter();
            for (of, figures) in own.chain(line.beside().map(|name| (name, &line.beside))) {
                let [title, unit, of] = [line.row.title, line.row.unit, of].map(str::to_owned);
                table.push(vec![title, unit, of, list(figures)]);
            }
        }
        table
    }

    fn raw_growth(&self) -> Table {
        let mut table = Table::new(&["curve", "unit", "N", "of", "by round"]);
        for curve in &self.curves {
            for point in &curve.points {
                for (side, figures) in [(Side::Beside, &point.beside), (Side::Own, &point.own)] {
                    let [title, unit, name] = [curve.title, curve.unit, curve.name(side)].map(str::to_owned);
                    table.push(vec![title, unit, point.size.to_string(), name, list(figures)]);
                }
            }
        }
        table
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.chapters.iter().flat_map(|(_, lines)| lines)
    }

    /// What went wrong or was done otherwise.
    fn remarks(&self) -> impl Iterator<Item = &String> {
        let rows = self.rows.iter().flat_map(|judged| &judged.failures);
        let lines = self.lines().flat_map(|line| &line.failures);
        self.notes.iter().chain(rows).chain(lines).chain(self.curves.iter().flat_map(|curve| &curve.failures))
    }
}

fn section((about, lines): &(&Chapter, Vec<Line>)) -> String {
    format!("## {}\n\n{}\n\n{}\n", about.heading, about.about.trim_end(), chapter(lines).markdown())
}

fn chapter(lines: &[Line]) -> Table {
    let mut table = Table::new(&["row", "unit", "beside", "Firecrest", "ratio", "target", "verdict"]);
    for line in lines {
        let median = |figures: &[Option<f64>]| summary(Summary::of(figures.iter().copied().flatten()));
        table.push(vec![
            line.row.title.to_owned(),
            line.row.unit.to_owned(),
            median(&line.beside),
            median(&line.own),
            summary(line.ratio),
            line.target(),
            line.verdict.sign().to_owned(),
        ]);
    }
    table
}

/// What there is at each size of a curve.
fn points(curve: &Curve, of: impl Fn(&Point) -> Option<Summary>) -> String {
    let point = |point: &Point| {
        format!("{}: {}", point.size, of(point).map_or_else(none, |summary| figure(summary.median)))
    };
    curve.points.iter().map(point).collect::<Vec<_>>().join(", ")
}

fn summary(summary: Option<Summary>) -> String {
    summary.map_or_else(none, |summary| summary.text())
}

fn list(figures: &[Option<f64>]) -> String {
    figures.iter().map(|taken| taken.map_or_else(none, figure)).collect::<Vec<_>>().join(", ")
}

fn none() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests;
