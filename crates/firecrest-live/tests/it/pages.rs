//! Random pages: trees of every kind of value, and sequences in which one page is the page before with a few changes, as
//! pages are in real life, or another one altogether.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use firecrest_live::{Call, Child, Html, Template};
use proptest::prelude::*;

/// The template of a page, and the values of its slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    template: usize,
    slots: Vec<Value>,
}

/// The value of a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Nothing,
    Node(Node),
    List {
        body: usize,
        keyed: bool,
        entries: Vec<Entry>,
    },
    View(u8),
    /// A component, where it is called; nothing elsewhere.
    Component(u8),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    key: u8,
    slots: Vec<Value>,
}

/// A change of a page. All numbers are taken modulo how many there are.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// A value anywhere becomes another.
    Set(usize, Value),
    /// A loop anywhere gets an entry.
    Insert(usize, usize, Entry),
    /// A loop anywhere loses an entry.
    Remove(usize, usize),
    /// A loop anywhere has an entry move.
    Move(usize, usize, usize),
}

/// How many components there are.
pub(crate) const KEYS: u8 = 8;

static TEMPLATES: [Template; 6] = [
    Template { fingerprint: 101, statics: &["<hr>"], json: r#"["<hr>"]"#, is_root: true, source: None },
    Template {
        fingerprint: 102,
        statics: &["<b>", "</b>"],
        json: r#"["<b>","</b>"]"#,
        is_root: false,
        source: None,
    },
    Template {
        fingerprint: 103,
        statics: &["<i>", "</i>"],
        json: r#"["<i>","</i>"]"#,
        is_root: true,
        source: None,
    },
    Template {
        fingerprint: 104,
        statics: &["<p>", "-", "</p>"],
        json: r#"["<p>","-","</p>"]"#,
        is_root: true,
        source: None,
    },
    Template {
        fingerprint: 105,
        statics: &["", "|", ""],
        json: r#"["","|",""]"#,
        is_root: false,
        source: None,
    },
    Template {
        fingerprint: 106,
        statics: &["<u>", ",", ",", "</u>"],
        json: r#"["<u>",",",",","</u>"]"#,
        is_root: false,
        source: None,
    },
];

impl Node {
    /// The page as its template renders it.
    pub(crate) fn html(&self) -> Html {
        self.html_with(&mut |_| None)
    }

    /// The same with components: `call` says which of those that it names are called.
    pub(crate) fn html_with(&self, call: &mut dyn FnMut(u8) -> Option<Call>) -> Html {
        let mut html = Html::new(&TEMPLATES[self.template]);
        write_all(&mut html, self.shown(), call);
        html
    }

    /// What a browser shows of it; `component` appends what it shows of a component.
    pub(crate) fn write_text(&self, out: &mut String, component: &mut dyn FnMut(u8, &mut String)) {
        write_text(&TEMPLATES[self.template], self.shown(), out, component);
    }

    /// Whether any loop of the page has no entries.
    pub(crate) fn has_an_empty_loop(&self) -> bool {
        count(self.shown(), |value| matches!(value, Value::List { entries, .. } if entries.is_empty())) > 0
    }

    pub(crate) fn change(&mut self, edit: &Edit) {
        let mut rest = match edit {
            Edit::Set(at, _) => at % count(self.shown(), |_| true).max(1),
            Edit::Insert(at, ..) | Edit::Remove(at, _) | Edit::Move(at, ..) => {
                at % count(self.shown(), is_list).max(1)
            }
        };
        apply(&mut self.slots[..slots_of(self.template)], edit, &mut rest);
    }

    /// The values of as many slots as the template has.
    fn shown(&self) -> &[Value] {
        &self.slots[..slots_of(self.template)]
    }
}

/// Sequences of pages.
pub(crate) fn sequences() -> impl Strategy<Value = Vec<Node>> {
    let step = prop_oneof![
        1 => node(3).prop_map(Err),
        9 => prop::collection::vec(edit(), 0..5).prop_map(Ok),
    ];
    (node(3), prop::collection::vec(step, 1..8)).prop_map(|(first, steps)| {
        let mut pages = vec![first];
        for step in steps {
            let mut page = pages[pages.len() - 1].clone();
            match step {
                Ok(edits) => edits.iter().for_each(|edit| page.change(edit)),
                Err(other) => page = other,
            }
            pages.push(page);
        }
        pages
    })
}

type Calls<'a> = &'a mut dyn FnMut(u8) -> Option<Call>;

fn write_all(html: &mut Html, values: &[Value], call: Calls<'_>) {
    values.iter().for_each(|value| write(html, value, call));
}

fn write(html: &mut Html, value: &Value, call: Calls<'_>) {
    match value {
        Value::Text(text) => html.slot(text),
        Value::Nothing => html.nothing(),
        // Both ways to nest.
        Value::Node(node) if node.template % 2 == 0 => html.slot(&node.html_with(call)),
        Value::Node(node) => {
            html.open(&TEMPLATES[node.template]);
            write_all(html, node.shown(), call);
        }
        Value::Component(key) => match call(*key) {
            Some(call) => html.component(call),
            None => html.nothing(),
        },
        Value::View(id) => html.view(Child { id: format!("view-{id}"), content: Arc::new(*id) }),
        Value::List { body, keyed, entries } => {
            let mut list = html.begin_loop(&TEMPLATES[*body]);
            let mut keys = BTreeSet::new();
            for entry in entries.iter().filter(|entry| !keyed || keys.insert(entry.key)) {
                match keyed {
                    true => html.keyed_entry(&mut list, &entry.key),
                    false => html.entry(&mut list),
                }
                write_all(html, &entry.slots[..slots_of(*body)], call);
            }
            html.end_loop(list);
        }
    }
}

fn write_text(
    template: &Template,
    values: &[Value],
    out: &mut String,
    component: &mut dyn FnMut(u8, &mut String),
) {
    out.push_str(template.statics[0]);
    for (value, after) in values.iter().zip(&template.statics[1..]) {
        match value {
            Value::Component(key) => component(*key, out),
            Value::View(id) => write!(out, "<div id=\"view-{id}\"></div>").unwrap(),
            Value::Text(text) => write!(out, "{}", around_text(text)).unwrap(),
            Value::Nothing => {}
            Value::Node(node) => node.write_text(out, component),
            Value::List { body, keyed, entries } => {
                let mut keys = BTreeSet::new();
                for entry in entries.iter().filter(|entry| !keyed || keys.insert(entry.key)) {
                    write_text(&TEMPLATES[*body], &entry.slots[..slots_of(*body)], out, component);
                }
            }
        }
        out.push_str(after);
    }
}

/// A text as HTML.
fn around_text(text: &str) -> Html {
    let mut html = Html::empty();
    html.slot(text);
    html
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![4 => "[ab]", 1 => "[\"\\\\<&\n\u{1}é]{0,3}"].prop_map(Value::Text)
}

fn value(depth: u32) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        6 => text(),
        1 => Just(Value::Nothing),
        1 => (0..2_u8).prop_map(Value::View),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let list = (0..TEMPLATES.len(), any::<bool>(), prop::collection::vec(entry(depth - 1), 0..6));
    let list = list.prop_map(|(body, keyed, entries)| Value::List { body, keyed, entries });
    prop_oneof![3 => leaf, 2 => node(depth - 1).prop_map(Value::Node), 3 => list].boxed()
}

/// As many values as any template has slots; a template with fewer shows the first of them.
fn slots(depth: u32) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(value(depth), 3)
}

pub(crate) fn node(depth: u32) -> impl Strategy<Value = Node> {
    (0..TEMPLATES.len(), slots(depth)).prop_map(|(template, slots)| Node { template, slots })
}

fn entry(depth: u32) -> impl Strategy<Value = Entry> {
    (0..8_u8, slots(depth)).prop_map(|(key, slots)| Entry { key, slots })
}

/// A component anywhere.
pub(crate) fn place() -> impl Strategy<Value = Edit> {
    (0..1000_usize, 0..KEYS).prop_map(|(at, key)| Edit::Set(at, Value::Component(key)))
}

/// The tree of a component: one element.
pub(crate) fn element(depth: u32) -> impl Strategy<Value = Node> {
    let roots = prop_oneof![Just(0_usize), Just(2), Just(3), Just(3)];
    (roots, slots(depth)).prop_map(|(template, slots)| Node { template, slots })
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let place = || 0..1000_usize;
    prop_oneof![
        2 => (place(), value(1)).prop_map(|(at, value)| Edit::Set(at, value)),
        1 => (place(), place(), entry(1)).prop_map(|(list, at, entry)| Edit::Insert(list, at, entry)),
        1 => (place(), place()).prop_map(|(list, at)| Edit::Remove(list, at)),
        2 => (place(), place(), place()).prop_map(|(list, from, to)| Edit::Move(list, from, to)),
    ]
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::List { .. })
}

fn count(values: &[Value], what: fn(&Value) -> bool) -> usize {
    let inside = |value: &Value| match value {
        Value::Node(node) => count(node.shown(), what),
        Value::List { body, entries, .. } => {
            entries.iter().map(|entry| count(&entry.slots[..slots_of(*body)], what)).sum()
        }
        _ => 0,
    };
    values.iter().map(|value| usize::from(what(value)) + inside(value)).sum()
}

/// Applies an edit to the value that comes after `rest` others it could be applied to; says whether it was found.
fn apply(values: &mut [Value], edit: &Edit, rest: &mut usize) -> bool {
    for value in values {
        if matches!(edit, Edit::Set(..)) || is_list(value) {
            if *rest == 0 {
                apply_to(value, edit);
                return true;
            }
            *rest -= 1;
        }
        let found = match value {
            Value::Node(node) => apply(&mut node.slots[..slots_of(node.template)], edit, rest),
            Value::List { body, entries, .. } => {
                entries.iter_mut().any(|entry| apply(&mut entry.slots[..slots_of(*body)], edit, rest))
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

fn slots_of(template: usize) -> usize {
    TEMPLATES[template].slots()
}

fn apply_to(value: &mut Value, edit: &Edit) {
    match (edit, value) {
        (Edit::Set(_, new), value) => *value = new.clone(),
        (Edit::Insert(_, at, entry), Value::List { entries, .. }) => {
            entries.insert(at % (entries.len() + 1), entry.clone());
        }
        (Edit::Remove(_, at), Value::List { entries, .. }) if !entries.is_empty() => {
            entries.remove(at % entries.len());
        }
        (Edit::Move(_, from, to), Value::List { entries, .. }) if !entries.is_empty() => {
            let entry = entries.remove(from % entries.len());
            entries.insert(to % (entries.len() + 1), entry);
        }
        _ => {}
    }
}
