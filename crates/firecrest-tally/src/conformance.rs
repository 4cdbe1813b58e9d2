//! What every [`Store`] must do, as a suite that each of them runs.
//!
//! ```
//! use std::sync::Arc;
//! use firecrest_tally::MemoryStore;
//! use firecrest_tally::conformance::{Sharing, run};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let store = Arc::new(MemoryStore::default());
//! run(async || store.clone(), Sharing::Exclusive).await;
//! # }
//! ```

use std::collections::HashMap;
use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use crate::{Batch, MAX_BATCH, Store, WriterId};

/// How long a change may take to be seen by others.
const SOON: Duration = Duration::from_secs(10);

/// Who may use the same store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One process. Stores that `connect` gives are the same one.
    Exclusive,
    /// Several processes or nodes, which hear of each other's [`changes`](Store::changes).
    Shared,
}

/// Runs the whole suite; panics at the first thing that is not as it must be.
///
/// `connect` gives a store that is connected to the same counters as all others that it gives, as another process would be. The
/// counters need not be empty: the suite's names are new ones each time. It needs tokio's timers and real time.
pub async fn run<S: Store>(connect: impl AsyncFn() -> S, sharing: Sharing) {
    let store = connect().await;
    unknown_counters_are_zero(&store).await;
    commits_add(&store).await;
    values_come_in_the_order_of_the_batch(&store).await;
    a_repeated_batch_is_not_added_twice(&store).await;
    writers_have_numbers_of_their_own(&store).await;
    names_are_any_text(&store).await;
    sums_stay_within_64_bits(&store).await;
    the_largest_batch_is_taken(&store).await;
    other_connections_see_what_was_added(&store, &connect().await).await;
    what_writers_add_at_the_same_time_adds_up(&connect).await;
    if sharing == Sharing::Shared {
        others_hear_of_changes(&store, &connect().await).await;
        whoever_is_late_hears_the_newest(&store, &connect().await).await;
    }
    must(connect().await.close().await);
}

/// B003.
async fn unknown_counters_are_zero(store: &impl Store) {
    let names = Names::new();
    assert_eq!(names.load(store, &["a", "b"]).await, [0, 0], "unknown counters are 0");
}

async fn commits_add(store: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    assert_eq!(writer.commit(store, names.deltas(&[("a", 5)])).await, [5]);
    assert_eq!(writer.commit(store, names.deltas(&[("a", 2), ("b", -3)])).await, [7, -3]);
    writer.number += 10;
    assert_eq!(writer.commit(store, names.deltas(&[("b", -1)])).await, [-4], "numbers may have gaps");
    assert_eq!(names.load(store, &["b", "never", "a"]).await, [-4, 0, 7]);
}

async fn values_come_in_the_order_of_the_batch(store: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let deltas = [("z", 1), ("a", 2), ("m", 3), ("B", 4), ("b", 5)];
    assert_eq!(writer.commit(store, names.deltas(&deltas)).await, [1, 2, 3, 4, 5]);
    assert_eq!(names.load(store, &["m", "b", "z", "B", "a"]).await, [3, 5, 1, 4, 2]);
}

async fn a_repeated_batch_is_not_added_twice(store: &impl Store) {
    let (names, mut writer, mut other) = (Names::new(), Writer::new(), Writer::new());
    let first = writer.batch(names.deltas(&[("a", 5), ("b", 1)]));
    assert_eq!(must(store.commit(&first).await), [5, 1]);
    assert_eq!(must(store.commit(&first).await), [5, 1], "the values are those after the first time");
    let second = writer.batch(names.deltas(&[("a", 1)]));
    assert_eq!(must(store.commit(&second).await), [6]);
    other.commit(store, names.deltas(&[("a", 10)])).await;
    assert_eq!(must(store.commit(&second).await), [16], "the values are those that are there now");
    assert_eq!(must(store.commit(&first).await), [16, 1], "no number up to the last is added again");
}

async fn writers_have_numbers_of_their_own(store: &impl Store) {
    let (names, mut one, mut two) = (Names::new(), Writer::new(), Writer::new());
    one.commit(store, names.deltas(&[("a", 1)])).await;
    assert_eq!(two.commit(store, names.deltas(&[("a", 1)])).await, [2], "both are number 1");
}

async fn names_are_any_text(store: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let longest = "n".repeat(255 - names.prefix.len());
    let widest = "é".repeat((255 - names.prefix.len()) / 2);
    let texts = [
        "a",
        "A",
        "a ",
        " a",
        "ä",
        "a\u{308}",
        "ﬁ",
        "fi",
        "日本語",
        "🐦",
        "ß",
        "ss",
        "I",
        "i",
        "ı",
        "a\n",
        "a\\n",
        "'; --",
        "\"",
        "%",
        "_",
        "*",
        "{}",
        "a:b",
        "a/b",
        "a,b",
        "\u{202e}",
        "\u{10ffff}",
        "null",
        "0",
        &longest,
        &widest,
    ];
    let deltas: Vec<_> = (1..).zip(texts).map(|(delta, text)| (text, delta)).collect();
    writer.commit(store, names.deltas(&deltas)).await;
    let values = names.load(store, &texts).await;
    for ((text, expected), value) in deltas.into_iter().zip(values) {
        assert_eq!(value, expected, "{text:?} is a counter of its own");
    }
}

async fn sums_stay_within_64_bits(store: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let ends = names.deltas(&[("top", i64::MAX), ("bottom", i64::MIN)]);
    assert_eq!(writer.commit(store, ends).await, [i64::MAX, i64::MIN]);
    let beyond = names.deltas(&[("top", 1), ("bottom", -1), ("between", 7)]);
    assert_eq!(
        writer.commit(store, beyond).await,
        [i64::MAX, i64::MIN, 7],
        "a sum stays at its end, the others are added"
    );
    let far = names.deltas(&[("top", i64::MAX), ("bottom", i64::MIN)]);
    assert_eq!(writer.commit(store, far).await, [i64::MAX, i64::MIN]);
    let back = names.deltas(&[("top", -2), ("bottom", 2)]);
    assert_eq!(writer.commit(store, back).await, [i64::MAX - 2, i64::MIN + 2]);
    let exact = (1 << 53) + 1;
    assert_eq!(writer.commit(store, names.deltas(&[("exact", exact)])).await, [exact], "64 bits, not 53");
}

async fn the_largest_batch_is_taken(store: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let texts: Vec<_> = (0..MAX_BATCH).map(|number| format!("counter {number}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let deltas: Vec<_> = (1..).zip(&texts).map(|(delta, text)| (*text, delta)).collect();
    let expected: Vec<i64> = deltas.iter().map(|(_, delta)| *delta).collect();
    assert_eq!(writer.commit(store, names.deltas(&deltas)).await, expected);
    assert_eq!(names.load(store, &texts).await, expected);
}

async fn other_connections_see_what_was_added(store: &impl Store, other: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    for value in 1..20 {
        writer.commit(store, names.deltas(&[("a", 1)])).await;
        assert_eq!(names.load(other, &["a"]).await, [value], "what was committed is there for everybody");
    }
}

async fn what_writers_add_at_the_same_time_adds_up<S: Store>(connect: impl AsyncFn() -> S) {
    const WRITERS: usize = 6;
    const COMMITS: i64 = 20;
    let names = Names::new();
    let write = async |index: usize| {
        let (store, mut writer) = (connect().await, Writer::new());
        let mut deltas = names.deltas(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
        // In different orders, which is how locks are taken crosswise.
        deltas.rotate_left(index % 4);
        if index.is_multiple_of(2) {
            deltas.reverse();
        }
        for _ in 0..COMMITS {
            let before = names.load(&store, &["a"]).await;
            let values = writer.commit(&store, deltas.clone()).await;
            let at = deltas.iter().position(|(name, _)| name.ends_with('a')).expect("`a` is among them");
            assert!(values[at] > before[0], "a commit's values have what was there before");
        }
    };
    join_all((0..WRITERS).map(write)).await;
    let all = WRITERS as i64 * COMMITS;
    let values = names.load(&connect().await, &["a", "b", "c", "d"]).await;
    assert_eq!(values, [all, 2 * all, 3 * all, 4 * all], "nothing is lost, nothing is added twice");
}

async fn others_hear_of_changes(store: &impl Store, other: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let mut changes = pin!(other.changes());
    names.load(other, &["a", "b"]).await;
    writer.commit(store, names.deltas(&[("a", 5), ("b", 6)])).await;
    hear(&mut changes, HashMap::from([(names.of("a"), 5), (names.of("b"), 6)])).await;
    writer.commit(store, names.deltas(&[("a", -7)])).await;
    hear(&mut changes, HashMap::from([(names.of("a"), -2)])).await;
}

async fn whoever_is_late_hears_the_newest(store: &impl Store, other: &impl Store) {
    let (names, mut writer) = (Names::new(), Writer::new());
    let mut changes = pin!(other.changes());
    names.load(other, &["a", "last"]).await;
    for _ in 0..100 {
        writer.commit(store, names.deltas(&[("a", 1)])).await;
    }
    writer.commit(store, names.deltas(&[("last", 1)])).await;
    hear(&mut changes, HashMap::from([(names.of("a"), 100), (names.of("last"), 1)])).await;
}

/// Waits until each of these counters has been heard of with this value, as the newest.
async fn hear(changes: &mut (impl Stream<Item = (String, i64)> + Unpin), mut expected: HashMap<String, i64>) {
    let mut heard = HashMap::new();
    let all = async {
        while !expected.is_empty() {
            let Some((name, value)) = changes.next().await else { panic!("the stream of changes has ended") };
            if expected.get(&name) == Some(&value) {
                expected.remove(&name);
            }
            heard.insert(name, value);
        }
    };
    let done = timeout(SOON, all).await;
    assert!(done.is_ok(), "not heard of within {SOON:?}: {expected:?}; heard of: {heard:?}");
}

/// Names that nobody else has.
struct Names {
    prefix: String,
}

impl Names {
    fn new() -> Self {
        Names { prefix: format!("{:08x} ", rand::random::<u32>()) }
    }

    fn of(&self, text: &str) -> String {
        format!("{}{text}", self.prefix)
    }

    fn deltas(&self, deltas: &[(&str, i64)]) -> Vec<(Arc<str>, i64)> {
        deltas.iter().map(|(text, delta)| (self.of(text).into(), *delta)).collect()
    }

    async fn load(&self, store: &impl Store, texts: &[&str]) -> Vec<i64> {
        let names: Vec<_> = texts.iter().map(|text| self.of(text)).collect();
        must(store.load(&names).await)
    }
}

/// Somebody who commits.
struct Writer {
    id: WriterId,
    number: u64,
}

impl Writer {
    fn new() -> Self {
        Writer { id: WriterId::random(), number: 0 }
    }

    fn batch(&mut self, deltas: Vec<(Arc<str>, i64)>) -> Batch {
        self.number += 1;
        Batch { writer: self.id, number: self.number, deltas }
    }

    async fn commit(&mut self, store: &impl Store, deltas: Vec<(Arc<str>, i64)>) -> Vec<i64> {
        must(store.commit(&self.batch(deltas)).await)
    }
}

fn must<T, E: Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the store answers {error:?}"),
    }
}
