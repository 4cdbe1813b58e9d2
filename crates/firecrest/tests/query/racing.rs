//! Questions on several threads, in real time.

use std::convert::Infallible;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use firecrest::query::{Query, QueryOptions};
use tokio::time::timeout;

fn eager() -> QueryOptions {
    QueryOptions::default().min_interval(Duration::ZERO)
}

/// Arguments that take a while to look up, so that others often come meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slow;

impl Hash for Slow {
    fn hash<H: Hasher>(&self, _: &mut H) {
        spin(64);
    }
}

/// A little while, without giving up the thread.
fn spin(rounds: u64) {
    (0..rounds * 16).for_each(|_| std::hint::spin_loop());
}

/// What goes wrong here is waited for forever.
async fn within_a_minute(test: impl Future<Output = ()> + Send + 'static) {
    timeout(Duration::from_secs(60), tokio::spawn(test)).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_as_the_last_one_leaves_has_the_newest_answer() {
    let number = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&number);
    let query = Query::new("number", move |_: Slow| {
        let number = asked.load(Ordering::SeqCst);
        async move { Ok::<_, Infallible>(number) }
    });
    let query = query.with_options(eager());
    let watching = async move {
        for round in 1..=3_000 {
            let mut live = query.watch(Slow).await.unwrap();
            number.store(round, Ordering::SeqCst);
            query.touch(&Slow);
            while *live.get() < round {
                live.changed().await;
            }
            drop(live);
            spin(round % 256);
        }
    };
    within_a_minute(watching).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_tries_again_after_an_error_begins_anew() {
    let is_well = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_well);
    let query = Query::new("mood", move |()| {
        let is_well = asked.load(Ordering::SeqCst);
        async move { if is_well { Ok(()) } else { Err("not today") } }
    });
    let trying = async move {
        for round in 0..1_000 {
            is_well.store(false, Ordering::SeqCst);
            assert!(query.watch(()).await.is_err());
            is_well.store(true, Ordering::SeqCst);
            spin(round % 256);
            assert!(query.watch(()).await.is_ok());
            while query.watched() > 0 {
                tokio::task::yield_now().await;
            }
        }
    };
    within_a_minute(trying).await;
}
