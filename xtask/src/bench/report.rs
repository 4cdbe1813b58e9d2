//! The benchmark's result as text.

use super::curve::{Curve, Point, Side, spread};
use super::history::History;
use super::judge::{Judged, Verdict};
use super::machine::Machine;
use super::rendering::Rendered;
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
    pub(crate) rendering: Vec<Rendered>,
    pub(crate) curves: Vec<Curve>,
    /// Ways in which the run differed from what it should be.
    pub(crate) notes: Vec<String>,
}

impl Report {
    /// How many figures and curves are within their targets, and how many have one.
    pub(crate) fn score(&self) -> (usize, usize) {
        let rows = self.rows.iter().map(|judged| judged.verdict);
        let rendering = self.rendering.iter().map(|rendered| rendered.verdict);
        let verdicts = rows.chain(rendering).chain(self.curves.iter().map(Curve::verdict));
        let judged: Vec<_> = verdicts.filter(|verdict| *verdict != Verdict::Shown).collect();
        (judged.iter().filter(|verdict| **verdict == Verdict::Within).count(), judged.len())
    }

    /// For the terminal.
    pub(crate) fn text(&self) -> String {
        let mut tables = Vec::new();
        if !self.rows.is_empty() {
            tables.push(self.table().aligned());
        }
        if !self.rendering.is_empty() {
            tables.push(self.rendering().aligned());
        }
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
        let rendering = self.rendering().markdown();
        let growth = self.growth().markdown();
        let in_a_row = history.passed_in_a_row();
        let runs = history.table().markdown();
        let raw = self.raw().markdown();
        let raw_growth = self.raw_growth().markdown();
        let remarks: String = self.remarks().map(|remark| format!("- ✗ {remark}\n")).collect();
        let remarks = if remarks.is_empty() { remarks } else { format!("\n{remarks}") };
        format!(
            "{head}\n{machine}\n## Result: {within} of {of} within target\n\n{table}{remarks}\n\
             ## Rendering\n\n{}\n\n{rendering}\n\
             ## Growth\n\n{}\n\n{growth}\n\
             ## Runs\n\nRuns in a row of the latest commit with every figure within its target: {in_a_row}.\n\n{runs}\n\
             <details><summary>Every figure of every round</summary>\n\n{raw}\n{raw_growth}\n</details>\n",
            include_str!("rendering.md").trim_end(),
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

    fn rendering(&self) -> Table {
        let mut table = Table::new(&["row", "unit", "beside", "Firecrest", "ratio", "target", "verdict"]);
        for rendered in &self.rendering {
            let median = |figures: &[Option<f64>]| summary(Summary::of(figures.iter().copied().flatten()));
            table.push(vec![
                rendered.row.title.to_owned(),
                rendered.row.unit.to_owned(),
                median(&rendered.beside),
                median(&rendered.own),
                summary(rendered.ratio),
                rendered.target(),
                rendered.verdict.sign().to_owned(),
            ]);
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
        for rendered in &self.rendering {
            let own = [("Firecrest", &rendered.own)].into_iter();
            for (of, figures) in own.chain(rendered.beside().map(|name| (name, &rendered.beside))) {
                let [title, unit, of] = [rendered.row.title, rendered.row.unit, of].map(str::to_owned);
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

    /// What went wrong or was done otherwise.
    fn remarks(&self) -> impl Iterator<Item = &String> {
        let rows = self.rows.iter().flat_map(|judged| &judged.failures);
        let rendering = self.rendering.iter().flat_map(|rendered| &rendered.failures);
        self.notes
            .iter()
            .chain(rows)
            .chain(rendering)
            .chain(self.curves.iter().flat_map(|curve| &curve.failures))
    }
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
