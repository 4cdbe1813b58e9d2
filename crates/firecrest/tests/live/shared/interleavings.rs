//! Whenever somebody joins: no change is missed, and none is told twice.

use firecrest::prelude::*;
use proptest::prelude::*;
use serde_json::Value;

use super::board::{Watcher, lines, visitor};
use crate::visitor::Visitor;

/// What happens, without waiting for what happened before.
#[derive(Clone, Debug)]
enum Step {
    /// So many lines are added, one after another.
    Add(u8),
    Join,
    /// One of those who are there goes.
    Leave(prop::sample::Index),
    /// Others may do something first.
    Pause,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..20_u8).prop_map(Step::Add),
        3 => Just(Step::Join),
        1 => any::<prop::sample::Index>().prop_map(Step::Leave),
        2 => Just(Step::Pause),
    ];
    prop::collection::vec(step, 1..24)
}

/// Joins while other things happen.
struct Joining(tokio::task::JoinHandle<Watcher>);

async fn play(steps: Vec<Step>) {
    let mut visitor = visitor().await;
    let (mut there, mut joining, mut added) = (Vec::new(), Vec::new(), 0_u64);
    visitor.get("/boards/a").await;
    for step in steps {
        match step {
            Step::Add(lines) => (0..lines).for_each(|_| {
                added += 1;
                visitor.server.endpoint.broadcast("board /boards/a", "x", &json!({})).unwrap();
            }),
            Step::Join => joining.push(join(&mut visitor).await),
            Step::Leave(which) if !there.is_empty() => drop(there.swap_remove(which.index(there.len()))),
            Step::Leave(_) => {}
            Step::Pause => {
                tokio::task::yield_now().await;
                if let Some(Joining(task)) = joining.pop() {
                    there.push(task.await.unwrap());
                }
            }
        }
    }
    for Joining(task) in joining {
        there.push(task.await.unwrap());
    }
    let present = format!("<p>{}</p>", there.len());
    for watcher in &mut there {
        let first = lines(&watcher.joined).len() as u64;
        watcher.until(|html| html.matches("<b>").count() as u64 == added && html.starts_with(&present)).await;
        let told: Vec<Value> = (first + 1..=added).map(|number| json!(["added", number])).collect();
        assert_eq!(watcher.events, told, "joined at {first} of {added}");
    }
}

/// The page is loaded now, and the view joined some time later.
async fn join(visitor: &mut Visitor) -> Joining {
    let page = visitor.get("/boards/a").await;
    let mut tab = visitor.socket(&page).await;
    Joining(tokio::spawn(async move {
        let joined = tab.join(&page.topic(), page.join("/boards/a")).await;
        Watcher::new(tab, page, joined)
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn k017_nobody_misses_a_change_or_is_told_of_one_twice(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(steps));
    }
}
