//! A list without an end: two hundred of a million rows are in the page, and none is in the server's memory.

use std::ops::Range;

use firecrest::live::js::{self, Target};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::birds::BIRDS;

/// How many rows there are, counted from 1.
const ALL: u32 = 1_000_000;

/// How many are in the page at most.
const SHOWN: u32 = 200;

/// How many come when an end is reached.
const STEP: u32 = 50;

pub(crate) struct Endless {
    rows: Stream<Row>,
    /// The numbers of the rows in the page.
    shown: Range<u32>,
    /// How often somebody has gone somewhere else in the list.
    leap: u32,
}

/// A bird that was ringed.
struct Row {
    number: u32,
    leap: u32,
    /// Whether somebody wants to go there.
    is_goal: bool,
}

#[derive(Default, Deserialize)]
struct Query {
    row: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EndlessEvent {
    /// The first row has come into sight.
    Earlier,
    /// The last row has come into sight.
    Later,
    Go {
        row: String,
    },
}

impl LiveView for Endless {
    type Event = EndlessEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Endless { rows: Stream::new(Row::id), shown: 1..1, leap: 0 })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.leap_to(cx.parse_params::<Query>().unwrap_or_default().row);
        Outcome::Render
    }

    async fn handle_event(&mut self, event: EndlessEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            EndlessEvent::Earlier => self.earlier(),
            EndlessEvent::Later => self.later(),
            EndlessEvent::Go { row } => cx.push_patch(path(row.trim().parse().unwrap_or(1))),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let Range { start, end } = self.shown;
        html! {
            <form class="row" phx-submit="go" id="go">
                <a class="button quiet" {..link::patch(path(1))}>"First"</a>
                <label for="row">"Row"</label>
                <input type="number" id="row" name="row" min="1" max={ALL} value={start} required>
                <button type="submit">"Go"</button>
                <a class="button quiet" {..link::patch(path(ALL))}>"Last"</a>
            </form>
            <p class="split quiet-text">
                <span id="position" role="status">"Rows " {grouped(start)} " to " {grouped(end - 1)} " of " {grouped(ALL)}</span>
                <output id="wire" phx-hook="WireMeter" phx-update="ignore"></output>
            </p>
            // The client waits for an answer when it sees what is above the list, and meanwhile takes no notice of the first row. It never
            // sees this.
            <i id="above" class="above" aria-hidden="true"></i>
            <ol id="rows" class="ledger" tabindex="0" aria-label="Ringed birds" phx-update="stream" phx-viewport-overrun-target="above"
                phx-viewport-top={(start > 1).then_some("earlier")} phx-viewport-bottom={(end <= ALL).then_some("later")}>
                stream (id, row) in &self.rows {
                    let bird = &BIRDS[row.number as usize % BIRDS.len()];
                    <li id={id} tabindex="-1" aria-posinset={row.number} aria-setsize={ALL}
                        phx-mounted={row.is_goal.then(|| js::focus(Target::this()))}>
                        <span class="badge">{grouped(row.number)}</span>
                        <span class="grow">{bird.name} " " <i>{bird.latin}</i></span>
                        <span>{format!("{:.1}", row.grams(bird.grams))} " g"</span>
                    </li>
                }
            </ol>
            <meter class="place" min="1" max={ALL} value={start} aria-label="Where in the list these rows are"></meter>
        }
    }
}

impl Endless {
    /// Goes to a row, or to the beginning.
    fn leap_to(&mut self, row: Option<u32>) {
        self.leap += 1;
        let goal = row.unwrap_or(1).clamp(1, ALL);
        let first = goal.saturating_sub(SHOWN / 4).clamp(1, ALL + 1 - SHOWN);
        self.shown = first..first + SHOWN;
        let leap = self.leap;
        let rows = self.shown.clone();
        let rows = rows.map(|number| Row { number, leap, is_goal: row.is_some() && number == goal });
        self.rows.reset();
        self.rows.limit(0).extend(rows);
    }

    /// The rows before the first one come, and as many at the end go.
    fn earlier(&mut self) {
        let start = self.shown.start.saturating_sub(STEP).max(1);
        let rows = self.rows_of(start..self.shown.start);
        self.rows.limit(SHOWN as i32).prepend_all(rows);
        self.shown = start..self.shown.end.min(start + SHOWN);
    }

    /// The rows after the last one come, and as many at the beginning go.
    fn later(&mut self) {
        let end = (self.shown.end + STEP).min(ALL + 1);
        let rows = self.rows_of(self.shown.end..end);
        self.rows.limit(-(SHOWN as i32)).extend(rows);
        self.shown = self.shown.start.max(end - SHOWN)..end;
    }

    fn rows_of(&self, numbers: Range<u32>) -> impl Iterator<Item = Row> + use<> {
        let leap = self.leap;
        numbers.map(move |number| Row { number, leap, is_goal: false })
    }
}

impl Row {
    /// After a leap, all rows are new ones, so that the one that is wanted gets the focus when it appears.
    fn id(&self) -> String {
        format!("row-{}-{}", self.leap, self.number)
    }

    /// What the bird weighed: a tenth more or less than others.
    fn grams(&self, usual: f32) -> f32 {
        let luck = self.number.wrapping_mul(2_654_435_761) >> 24;
        usual * (0.9 + luck as f32 / 1_275.0)
    }
}

fn path(row: u32) -> String {
    format!("/live-demo/endless?row={}", row.clamp(1, ALL))
}

/// A number that can be read: 1,000,000.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
