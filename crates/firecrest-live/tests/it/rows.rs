//! Components as the rows of a stream: of those, only the client knows whether they are in the page (spec §3.5, §3.6).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use firecrest_live::{Call, Held, Html, Pass, Replica, Roster, Stream, html};
use proptest::prelude::*;
use serde_json::Value;

use crate::client::stand_in;

/// How many rows there may be, each with a part inside.
const IDS: u8 = 4;

struct Row;
struct Inner;

fn row(id: u8) -> Call {
    Call::new::<Row>(id.to_string(), Arc::new(()), &())
}

fn inner(id: u8) -> Call {
    Call::new::<Inner>(id.to_string(), Arc::new(()), &())
}

fn placed(call: Call) -> Html {
    let mut html = Html::empty();
    html.component(call);
    html
}

#[derive(Clone, Debug)]
enum Step {
    Append(u8),
    Delete(u8),
    /// To the end.
    Move(u8),
    /// The view is rendered for another reason.
    Title,
    Change(Vec<u8>),
    Open(u8),
    ChangeInner(u8),
    /// So many messages of the client arrive.
    Arrive(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ids = || 0..IDS;
    let step = prop_oneof![
        4 => ids().prop_map(Step::Append),
        3 => ids().prop_map(Step::Delete),
        1 => ids().prop_map(Step::Move),
        2 => Just(Step::Title),
        4 => prop::collection::vec(ids(), 1..3).prop_map(Step::Change),
        3 => ids().prop_map(Step::Open),
        3 => ids().prop_map(Step::ChangeInner),
        3 => (1..3_usize).prop_map(Step::Arrive),
    ];
    prop::collection::vec(step, 1..40)
}

/// What a component has counted, and whether a row shows what is in it.
#[derive(Clone, Copy, Default)]
struct State {
    count: u32,
    is_open: bool,
}

enum Told {
    WillDestroy(Vec<u32>),
    Destroyed(Vec<u32>),
}

/// A view with its client.
struct Page {
    rows: Stream<u8>,
    title: u32,
    states: BTreeMap<u32, State>,
    /// The rows as the page should have them.
    order: Vec<u8>,
    roster: Roster,
    held: Held,
    replica: Replica,
    shown: BTreeSet<u32>,
    told: VecDeque<Told>,
}

impl Page {
    fn new() -> Page {
        let mut page = Page {
            rows: Stream::new(|id: &u8| format!("row-{id}")),
            title: 0,
            states: BTreeMap::new(),
            order: Vec::new(),
            roster: Roster::new(),
            held: Held::new(7),
            replica: Replica::new(),
            shown: BTreeSet::new(),
            told: VecDeque::new(),
        };
        page.view();
        page
    }

    fn step(&mut self, step: &Step) -> String {
        match step {
            Step::Append(id) => self.append(*id),
            Step::Delete(id) => self.delete(*id),
            Step::Move(id) => {
                self.delete(*id);
                self.append(*id);
            }
            Step::Title => self.title += 1,
            Step::Change(ids) => {
                return self.components(ids.iter().map(|id| row(*id)), |state| state.count += 1);
            }
            Step::Open(id) => return self.components([row(*id)], |state| state.is_open = !state.is_open),
            Step::ChangeInner(id) => return self.components([inner(*id)], |state| state.count += 1),
            Step::Arrive(count) => {
                (0..*count).for_each(|_| self.arrive());
                return String::new();
            }
        }
        self.view()
    }

    fn append(&mut self, id: u8) {
        self.rows.append(id);
        if !self.order.contains(&id) {
            self.order.push(id);
        }
    }

    fn delete(&mut self, id: u8) {
        self.rows.delete(&id);
        self.order.retain(|other| *other != id);
    }

    fn view(&mut self) -> String {
        let html = html! {
            <h1>{self.title}</h1>
            <ul id="rows" phx-update="stream">stream (_, id) in &self.rows { {placed(row(*id))} }</ul>
        };
        let is_whole = self.held.forgets(&html);
        self.finish(Pass::view(html, is_whole))
    }

    /// Components change by themselves.
    fn components(&mut self, calls: impl IntoIterator<Item = Call>, change: fn(&mut State)) -> String {
        let cids: Vec<u32> = calls.into_iter().filter_map(|call| self.cid(&call)).collect();
        let (here, mut apart) = self.roster.apart(&cids);
        apart.push(here);
        let mut messages = String::new();
        for cids in apart.iter().filter(|cids| !cids.is_empty()) {
            cids.iter().for_each(|cid| change(self.states.entry(*cid).or_default()));
            let pass = self.roster.components(cids);
            messages += &self.finish(pass);
        }
        messages
    }

    fn cid(&self, call: &Call) -> Option<u32> {
        self.roster.find(call.kind(), call.id())
    }

    fn state(&self, call: &Call) -> State {
        self.cid(call).and_then(|cid| self.states.get(&cid)).copied().unwrap_or_default()
    }

    fn finish(&mut self, mut pass: Pass) -> String {
        while let level = self.roster.next(&mut pass).unwrap()
            && !level.is_empty()
        {
            for due in level.iter().filter(|due| due.must_render) {
                let is_it = |call: Call| self.cid(&call) == Some(due.cid);
                let html = match (0..IDS).find(|id| is_it(row(*id))) {
                    Some(id) => {
                        let State { count, is_open } = self.state(&row(id));
                        html! { <li id={format!("row-{id}")}>{count} if is_open { {placed(inner(id))} }</li> }
                    }
                    None => {
                        let id = (0..IDS).find(|id| is_it(inner(*id))).unwrap();
                        html! { <b>{self.state(&inner(id)).count}</b> }
                    }
                };
                pass.rendered(due, html);
            }
        }
        let deleted = self.roster.end(&pass).unwrap();
        let message = self.held.show(&pass, &mut stand_in).unwrap().to_string();
        self.held.forget(&deleted);
        self.hear(&message);
        message
    }

    /// The client gets a message, and shows what it should.
    fn hear(&mut self, message: &str) {
        let value: Value = serde_json::from_str(message).unwrap();
        self.replica.merge(&value).unwrap_or_else(|error| panic!("{error}: {message}"));
        assert_eq!(self.replica.html().unwrap(), self.expected(), "{message}");
        let shown: BTreeSet<u32> =
            self.replica.components().unwrap().into_iter().map(|cid| cid as u32).collect();
        let gone: Vec<u32> = self.shown.difference(&shown).copied().collect();
        self.shown = shown;
        if !gone.is_empty() {
            self.told.push_back(Told::WillDestroy(gone));
        }
    }

    fn expected(&self) -> String {
        let rows = self.order.iter().map(|id| {
            let State { count, is_open } = self.state(&row(*id));
            let inner = is_open.then(|| format!("<b>{}</b>", self.state(&inner(*id)).count));
            format!("<li id=\"row-{id}\">{count}{}</li>", inner.unwrap_or_default())
        });
        let rows: String = rows.collect();
        format!("<h1>{}</h1><ul id=\"rows\" phx-update=\"stream\">{rows}</ul>", self.title)
    }

    /// A message of the client arrives, and is answered.
    fn arrive(&mut self) {
        match self.told.pop_front() {
            None => {}
            Some(Told::WillDestroy(cids)) => {
                let marked = self.roster.mark(&cids);
                self.held.forget(&marked);
                for told in &mut self.told {
                    // When a row is announced twice, nobody knows to which of the two its end belongs.
                    if let Told::Destroyed(earlier) = told {
                        earlier.retain(|cid| !cids.contains(cid));
                    }
                }
                let absent = cids.into_iter().filter(|cid| !self.shown.contains(cid)).collect();
                self.told.push_back(Told::Destroyed(absent));
            }
            Some(Told::Destroyed(cids)) => {
                let deleted = self.roster.delete(&cids);
                assert!(deleted.iter().all(|cid| !self.shown.contains(cid)), "{deleted:?}");
                self.held.forget(&deleted);
                self.replica.forget(deleted.iter().map(|cid| u64::from(*cid)));
            }
        }
    }

    fn settle(&mut self) {
        while !self.told.is_empty() {
            self.arrive();
        }
    }
}

fn page(steps: &[Step]) -> Page {
    let mut page = Page::new();
    steps.iter().for_each(|step| drop(page.step(step)));
    page
}

#[test]
fn f132_a_row_that_came_back_before_its_end_was_announced_still_changes() {
    let mut page = page(&[Step::Append(1), Step::Title, Step::Delete(1), Step::Append(1), Step::Title]);
    page.settle();
    for count in 1..3 {
        let message = page.step(&Step::Change(vec![1]));
        assert!(message.contains("\"c\":{\"1\":{"), "{message}");
        assert!(page.replica.html().unwrap().contains(&format!("<li id=\"row-1\">{count}</li>")));
    }
    let message = page.step(&Step::Change(vec![1]));
    assert_eq!(message, r#"{"c":{"1":{"1":"3"}}}"#, "once it was sent whole, the client has it");
    // And it ends like any other.
    page.step(&Step::Delete(1));
    page.settle();
    assert!(page.roster.is_empty());
}

#[test]
fn f133_a_row_that_changes_says_nothing_of_what_is_in_it() {
    let mut page = page(&[Step::Append(1), Step::Open(1), Step::Title]);
    assert_eq!(page.step(&Step::Change(vec![1])), r#"{"c":{"1":{"1":"1"}}}"#);
    assert_eq!(page.step(&Step::ChangeInner(1)), r#"{"c":{"2":{"0":"1"}}}"#);
    // Put in again, all of it is sent: the client makes the element anew.
    let message = page.step(&Step::Move(1));
    assert_eq!(message.matches("\"r\":1").count(), 2, "{message}");
}

/// The client renders who is around it, and not the rows that stand in there.
#[test]
fn f131_rows_are_told_apart_once_the_view_has_forgotten_them() {
    let mut page = page(&[Step::Append(1), Step::Append(2), Step::Open(2)]);
    // The inner one is 3.
    assert_eq!(page.roster.apart(&[1, 2, 3]), (vec![2, 3], vec![vec![1]]));
    page.step(&Step::Append(1));
    assert_eq!(page.roster.apart(&[1, 2, 3]), (vec![1], vec![vec![2, 3]]));
}

/// A view of another template: the client forgets all components, also those that the server has no place for.
#[test]
fn f132_whom_the_client_has_forgotten_is_sent_whole_with_all_that_is_in_it() {
    let mut page = page(&[Step::Append(1), Step::Open(1), Step::Title]);
    let other = html! { <p>"other"</p> };
    let mut pass = Pass::view(other, true);
    assert!(page.roster.next(&mut pass).unwrap().is_empty());
    page.roster.end(&pass).unwrap();
    page.held.show(&pass, &mut stand_in).unwrap();
    let pass = page.roster.components(&[1]);
    let mut due = Vec::new();
    let mut pass = pass;
    while let level = page.roster.next(&mut pass).unwrap()
        && !level.is_empty()
    {
        for next in level.iter().filter(|next| next.must_render) {
            due.push(next.cid);
            let html = if next.cid == 1 {
                html! { <li>{placed(inner(1))}</li> }
            } else {
                html! { <b></b> }
            };
            pass.rendered(next, html);
        }
    }
    assert_eq!(due, [1, 2]);
}

proptest! {
    #[test]
    fn f132_f133_rows_show_what_became_of_them_whenever_the_client_speaks(steps in steps()) {
        let mut page = page(&steps);
        page.settle();
        prop_assert_eq!(page.roster.len(), page.shown.len());
    }
}
