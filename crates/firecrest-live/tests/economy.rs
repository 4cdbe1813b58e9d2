//! What streams and components take: counted in bytes and allocations, so that it does not depend on the machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::alloc::System;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firecrest_live::{Call, Child, Held, Html, Pass, Roster, Stream, html};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is counted is that of the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Viewer {
    rows: Stream<(u32, String)>,
    held: Held,
}

impl Viewer {
    fn new() -> Viewer {
        let rows = Stream::new(|(number, _): &(u32, String)| format!("row-{number}"));
        let mut viewer = Viewer { rows, held: Held::new(7) };
        viewer.show();
        viewer
    }

    /// Makes the message, and gives how long it is.
    fn show(&mut self) -> usize {
        let page = page(&self.rows);
        self.held.diff(&page, &mut |_: &Child| String::new()).unwrap().as_str().len()
    }

    /// Puts rows in, in messages of a hundred.
    fn rows(&mut self, numbers: std::ops::Range<u32>) {
        for first in numbers.clone().step_by(100) {
            self.rows.extend((first..numbers.end.min(first + 100)).map(|number| (number, text(number))));
            self.show();
        }
    }
}

fn text(number: u32) -> String {
    format!("the text of row {number:07}")
}

fn page(rows: &Stream<(u32, String)>) -> Html {
    html! { <ol id="rows" phx-update="stream">stream (id, (_, text)) in rows { <li id={id}>{text}</li> }</ol> }
}

#[test]
fn f058_what_a_viewer_takes_does_not_depend_on_what_was_streamed() {
    let _alone = alone();
    let mut viewer = Viewer::new();
    let region = Region::new(ALLOCATOR);
    viewer.rows(0..100_000);
    let change = region.change();
    let kept = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    // The rows were millions of bytes; what is left is the test's own machinery.
    assert!(kept.abs() < 4_000, "{kept} B of {}", change.bytes_allocated);
    drop(viewer);
}

#[test]
fn f058_a_stream_that_nothing_waits_in_takes_at_most_100_bytes() {
    let _alone = alone();
    let region = Region::new(ALLOCATOR);
    let viewers: Vec<Viewer> = (0..1_000)
        .map(|_| {
            let mut viewer = Viewer::new();
            viewer.rows(0..10);
            viewer
        })
        .collect();
    let change = region.change();
    let held: usize = viewers.iter().map(|viewer| viewer.held.memory() + size_of::<Held>()).sum();
    let each = (change.bytes_allocated - change.bytes_deallocated - held) / viewers.len();
    assert!(each <= 100, "{each} B");
}

#[test]
fn f058_an_insertion_costs_the_same_among_many_rows_as_among_few() {
    let _alone = alone();
    let insertion = |rows: u32| {
        let mut viewer = Viewer::new();
        viewer.rows(1_000_000 - rows..1_000_000);
        let region = Region::new(ALLOCATOR);
        viewer.rows.append((1_000_000, text(1_000_000)));
        let length = viewer.show();
        let change = region.change();
        (change.allocations + change.reallocations, change.bytes_allocated, length)
    };
    let few = insertion(10);
    assert_eq!(insertion(100_000), few);
    let (allocations, bytes, length) = few;
    assert!(allocations <= 40 && bytes <= 4_000 && length <= 140, "{few:?}");
}

/// A page of components, each a number.
struct Cards {
    roster: Roster,
    held: Held,
}

impl Cards {
    fn shown(cards: u32) -> Cards {
        let mut page = Cards { roster: Roster::new(), held: Held::new(7) };
        let call = |card: u32| {
            let mut html = Html::empty();
            html.component(Call::new::<Cards>(card.to_string(), Arc::new(()), &()));
            html
        };
        let view = html! { for card in 0..cards { <li>{call(card)}</li> } };
        page.show(Pass::view(view, true), 0);
        page
    }

    /// Renders what is due, and gives how long the message is.
    fn show(&mut self, mut pass: Pass, number: u32) -> usize {
        while let level = self.roster.next(&mut pass).unwrap()
            && !level.is_empty()
        {
            level.iter().for_each(|due| pass.rendered(due, html! { <p>"Seen " {number} " times"</p> }));
        }
        self.roster.end(&pass).unwrap();
        self.held.show(&pass, &mut |_: &Child| String::new()).unwrap().as_str().len()
    }

    fn change(&mut self) -> usize {
        let pass = self.roster.components(&[7]);
        self.show(pass, 1)
    }
}

#[test]
fn f130_a_component_that_changes_costs_the_same_among_many_as_among_few() {
    let _alone = alone();
    let change = |cards: u32| {
        let mut page = Cards::shown(cards);
        let region = Region::new(ALLOCATOR);
        let length = page.change();
        let change = region.change();
        (change.allocations + change.reallocations, change.bytes_allocated, length)
    };
    let few = change(10);
    assert_eq!(change(1_000), few);
    let (allocations, bytes, length) = few;
    assert!(allocations <= 40 && bytes <= 4_000 && length <= 100, "{few:?}");
}

#[test]
fn f130_a_component_takes_at_most_400_bytes_besides_its_state() {
    let _alone = alone();
    let region = Region::new(ALLOCATOR);
    let page = Cards::shown(1_000);
    let change = region.change();
    let each = (change.bytes_allocated - change.bytes_deallocated) / 1_000;
    assert!(each <= 400, "{each} B");
    drop(page);
}
