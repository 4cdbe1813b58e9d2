//! Questions on several threads, in real time: what would go wrong here would be waited for forever.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use firecrest::query::{Query, QueryOptions};

fn eager() -> QueryOptions {
    QueryOptions::default().min_interval(Duration::ZERO)
}

/// A little while, another one each time, without giving up the thread.
fn spin(round: u64) {
    (0..round % 256 * 16).for_each(|_| std::hint::spin_loop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_as_the_last_one_leaves_has_the_newest_answer() {
    let number = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&number);
    let query = Query::new("number", move |()| {
        let number = asked.load(Ordering::SeqCst);
        async move { Ok::<_, Infallible>(number) }
    });
    let query = query.with_options(eager());
    let watching = async move {
        for round in 1..=10_000 {
            let mut live = query.watch(()).await.unwrap();
            number.store(round, Ordering::SeqCst);
            query.touch(&());
            while *live.get() < round {
                live.changed().await;
            }
            drop(live);
            spin(round);
        }
    };
    tokio::spawn(watching).await.unwrap();
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
            spin(round);
            assert!(query.watch(()).await.is_ok());
            while query.watched() > 0 {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::spawn(trying).await.unwrap();
}
