//! A view with components that come, go, move and change: the server's part and the client's, and how they agree on what is
//! deleted (spec §3.5).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use firecrest_live::{Call, Child, Held, Html, Pass, Replica, Roster};
use proptest::prelude::*;
use serde_json::Value;

use crate::pages::{Edit, KEYS, Node, edit, element, node, place};

/// Two types of components.
struct Even;
struct Odd;

/// A step of a story. Numbers of components are taken modulo how many there are.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The view changes, and with it components that it gives something else to.
    View(Vec<Edit>, Vec<(u8, Edit)>),
    /// The view becomes another one.
    Other(Node),
    /// A component belongs into another one, or into the view itself.
    Move(u8, Option<u8>),
    /// Components change by themselves.
    Components(Vec<(u8, Edit)>),
    /// The view and components change by themselves.
    Both(Vec<Edit>, Vec<(u8, Edit)>),
    /// So many messages of the client arrive.
    Arrive(usize),
    /// Nonsense arrives.
    Nonsense(Vec<u32>),
}

/// What a client is told, which only the example writes down.
#[allow(dead_code, reason = "the tests do not look at it")]
pub(crate) enum Traced {
    /// A message, and what it shows then.
    Message(Value, String),
    /// Components are deleted.
    Deleted(BTreeSet<u32>),
}

/// What a client tells.
enum Told {
    WillDestroy(Vec<u32>),
    Destroyed(Vec<u32>),
}

pub(crate) struct App {
    view: Node,
    nodes: Vec<Node>,
    /// The only tree in which a component is called: that of another, or the view's.
    owners: Vec<Option<u8>>,
    /// The view and the components as they were rendered last.
    seen_view: Node,
    seen: BTreeMap<u8, Node>,
    pub(crate) roster: Roster,
    pub(crate) held: Held,
    replica: Replica,
    /// Components in the page.
    shown: BTreeSet<u32>,
    told: VecDeque<Told>,
    /// What the client is told and what it shows then, for another client that has to show the same.
    pub(crate) trace: Vec<Traced>,
}

/// A view, its components, who calls each, and what happens.
pub(crate) type Story = (Node, Vec<Node>, Vec<Option<u8>>, Vec<Step>);

pub(crate) fn stories() -> impl Strategy<Value = Story> {
    let keys = || 0..KEYS;
    let edit = || prop_oneof![2 => edit(), 1 => place()];
    let edits = || prop::collection::vec(edit(), 0..4);
    let changes = || prop::collection::vec((keys(), edit()), 0..4);
    let with = |(mut node, places): (Node, Vec<Edit>)| {
        places.iter().for_each(|place| node.change(place));
        node
    };
    let view = || (node(3), prop::collection::vec(place(), 0..12)).prop_map(with);
    let part = || (element(2), prop::collection::vec(place(), 0..6)).prop_map(with);
    let step = prop_oneof![
        4 => (edits(), changes()).prop_map(|(view, parts)| Step::View(view, parts)),
        1 => view().prop_map(Step::Other),
        3 => (keys(), prop::option::of(keys())).prop_map(|(key, owner)| Step::Move(key, owner)),
        11 => prop::collection::vec((keys(), edit()), 3..10).prop_map(Step::Components),
        3 => (edits(), changes()).prop_map(|(view, parts)| Step::Both(view, parts)),
        4 => (1..4_usize).prop_map(Step::Arrive),
        1 => prop::collection::vec(0..20_u32, 0..3).prop_map(Step::Nonsense),
    ];
    let owners = prop::collection::vec(prop::option::weighted(0.4, keys()), usize::from(KEYS));
    let nodes = prop::collection::vec(part(), usize::from(KEYS));
    (view(), nodes, owners, prop::collection::vec(step, 1..14))
}

impl App {
    pub(crate) fn new(view: Node, nodes: Vec<Node>, owners: &[Option<u8>]) -> App {
        let mut app = App {
            seen_view: view.clone(),
            view,
            nodes,
            owners: vec![None; usize::from(KEYS)],
            seen: BTreeMap::new(),
            roster: Roster::new(),
            held: Held::new(7),
            replica: Replica::new(),
            shown: BTreeSet::new(),
            told: VecDeque::new(),
            trace: Vec::new(),
        };
        for (key, owner) in (0..).zip(owners) {
            app.own(key, *owner);
        }
        app.render_view(&BTreeSet::new());
        app
    }

    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::View(edits, parts) => {
                edits.iter().for_each(|edit| self.view.change(edit));
                let changed = self.change(parts);
                self.render_view(&changed);
            }
            Step::Other(view) => {
                self.view = view.clone();
                self.render_view(&BTreeSet::new());
            }
            Step::Move(key, owner) => {
                let mut changed: BTreeSet<u8> =
                    self.owners[usize::from(*key)].into_iter().chain(*owner).collect();
                self.own(*key, *owner);
                changed = changed.into_iter().flat_map(|key| self.around(key)).collect();
                self.render_view(&changed);
            }
            Step::Components(parts) => {
                let changed = self.change(parts);
                self.render_components(&changed);
                self.assert_rendered(&changed);
            }
            Step::Both(edits, parts) => {
                edits.iter().for_each(|edit| self.view.change(edit));
                let changed = self.change(parts);
                let html = self.tree(None);
                let cids: Vec<u32> = changed.iter().filter_map(|key| find(&self.roster, *key)).collect();
                let is_whole = self.held.forgets(&html);
                let pass = self.roster.view(html, is_whole, &cids);
                self.finish(pass, &BTreeSet::new());
                self.assert_rendered(&changed);
            }
            Step::Arrive(count) => (0..*count).for_each(|_| self.arrive()),
            Step::Nonsense(cids) => {
                let marked = self.roster.mark(cids);
                self.held.forget(&marked);
                let deleted = self.delete(cids);
                assert!(deleted.is_disjoint(&self.shown), "what is shown stays, whatever the client says");
            }
        }
    }

    /// The client tells all that it has to.
    pub(crate) fn settle(&mut self) {
        while !self.told.is_empty() {
            self.arrive();
        }
    }

    /// The components in the page, by number.
    pub(crate) fn shown(&self) -> &BTreeSet<u32> {
        &self.shown
    }

    /// What has changed and is in the page was rendered as it is.
    fn assert_rendered(&self, changed: &BTreeSet<u8>) {
        for key in changed {
            if find(&self.roster, *key).is_some_and(|cid| self.shown.contains(&cid)) {
                assert_eq!(self.seen.get(key), self.nodes.get(usize::from(*key)), "{key}");
            }
        }
    }

    fn change(&mut self, parts: &[(u8, Edit)]) -> BTreeSet<u8> {
        parts.iter().for_each(|(key, edit)| self.nodes[usize::from(*key)].change(edit));
        parts.iter().map(|(key, _)| *key).collect()
    }

    /// Gives a component another owner, unless that is inside it.
    fn own(&mut self, key: u8, owner: Option<u8>) {
        if owner.is_none_or(|owner| !self.around(owner).contains(&key)) {
            self.owners[usize::from(key)] = owner;
        }
    }

    /// A component and those around it.
    fn around(&self, key: u8) -> Vec<u8> {
        std::iter::successors(Some(key), |key| self.owners[usize::from(*key)]).collect()
    }

    /// The tree of a component or the view.
    fn tree(&mut self, key: Option<u8>) -> Html {
        let node = match key {
            Some(key) => self.nodes[usize::from(key)].clone(),
            None => self.view.clone(),
        };
        let owners = &self.owners;
        let mut called = BTreeSet::new();
        let html = node.html_with(&mut |part| {
            (owners[usize::from(part)] == key && called.insert(part)).then(|| call(part))
        });
        match key {
            Some(key) => drop(self.seen.insert(key, node)),
            None => self.seen_view = node,
        }
        html
    }

    fn render_view(&mut self, changed: &BTreeSet<u8>) {
        let html = self.tree(None);
        let is_whole = self.held.forgets(&html);
        let pass = Pass::view(html, is_whole);
        self.finish(pass, changed);
    }

    fn render_components(&mut self, changed: &BTreeSet<u8>) {
        let cids: Vec<u32> = changed.iter().filter_map(|key| find(&self.roster, *key)).collect();
        let (here, mut apart) = self.roster.apart(&cids);
        apart.push(here);
        for cids in apart {
            let pass = self.roster.components(&cids);
            self.finish(pass, &BTreeSet::new());
        }
    }

    fn finish(&mut self, mut pass: Pass, changed: &BTreeSet<u8>) {
        loop {
            let level = self.roster.next(&mut pass).unwrap();
            if level.is_empty() {
                break;
            }
            for due in level {
                let key = (0..KEYS).find(|key| find(&self.roster, *key) == Some(due.cid)).unwrap();
                if due.must_render || changed.contains(&key) {
                    let html = self.tree(Some(key));
                    pass.rendered(&due, html);
                }
            }
        }
        let deleted = self.roster.end(&pass).unwrap();
        let message = self.held.show(&pass, &mut stand_in).unwrap();
        self.held.forget(&deleted);
        self.send(&message.to_string());
    }

    /// The client gets a message, and shows what it should.
    fn send(&mut self, message: &str) {
        let message: Value = serde_json::from_str(message).unwrap();
        self.replica.merge(&message).unwrap_or_else(|error| panic!("{error}: {message}"));
        let html = self.replica.html().unwrap_or_else(|error| panic!("{error}: {message}"));
        assert_eq!(html, self.expected(), "{message}");
        self.trace.push(Traced::Message(message, html));
        let shown: BTreeSet<u32> =
            self.replica.components().unwrap().into_iter().map(|cid| cid as u32).collect();
        let gone: Vec<u32> = self.shown.difference(&shown).copied().collect();
        self.shown = shown;
        if !gone.is_empty() {
            self.told.push_back(Told::WillDestroy(gone));
        }
    }

    /// What a browser should show.
    fn expected(&self) -> String {
        let mut out = String::new();
        self.write(None, &self.seen_view, &mut out);
        out
    }

    fn write(&self, owner: Option<u8>, node: &Node, out: &mut String) {
        let mut called = BTreeSet::new();
        node.write_text(out, &mut |key, out| {
            if self.owners[usize::from(key)] == owner && called.insert(key) {
                self.write(Some(key), &self.seen[&key], out);
            }
        });
    }

    /// A message of the client arrives, and is answered.
    fn arrive(&mut self) {
        match self.told.pop_front() {
            None => {}
            Some(Told::WillDestroy(cids)) => {
                let marked = self.roster.mark(&cids);
                self.held.forget(&marked);
                let absent = cids.into_iter().filter(|cid| !self.shown.contains(cid)).collect();
                self.told.push_back(Told::Destroyed(absent));
            }
            Some(Told::Destroyed(cids)) => {
                let deleted = self.delete(&cids);
                assert!(deleted.is_disjoint(&self.shown));
            }
        }
    }

    fn delete(&mut self, cids: &[u32]) -> BTreeSet<u32> {
        let deleted = self.roster.delete(cids);
        self.held.forget(&deleted);
        self.replica.forget(deleted.iter().map(|cid| u64::from(*cid)));
        let deleted: BTreeSet<u32> = deleted.into_iter().collect();
        self.trace.push(Traced::Deleted(deleted.clone()));
        deleted
    }
}

fn call(key: u8) -> Call {
    match key % 2 {
        0 => Call::new::<Even>(key.to_string(), Arc::new(()), &()),
        _ => Call::new::<Odd>(key.to_string(), Arc::new(()), &()),
    }
}

fn find(roster: &Roster, key: u8) -> Option<u32> {
    let call = call(key);
    roster.find(call.kind(), call.id())
}

fn stand_in(child: &Child) -> String {
    format!("<div id=\"{}\"></div>", child.id)
}
