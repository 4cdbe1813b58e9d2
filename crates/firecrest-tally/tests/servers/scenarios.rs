//! What must hold on any server.

use std::pin::pin;
use std::time::{Duration, Instant};

use firecrest_tally::{Store, StoreError, Tally, TallyOptions};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::backend::{Backend, SECRET};
use crate::proxy::{Fault, Proxy};
use crate::writer::{Writer, value};
use servers::{PATIENCE, until};

/// How long others' increments may take, unless the machine is busy with something else.
const A_SECOND: Duration = Duration::from_secs(1);

/// Each fault once, and then twelve in turn: what was lost on the way is added once, and what had been added is not again.
pub(crate) async fn cut_connections_count_once<B: Backend>() {
    let server = B::start().await;
    let proxy = Proxy::to(server.port()).await;
    let store = B::connect(&server.url_with(proxy.port(), SECRET)).await.unwrap();
    let mut writer = Writer::new(&store);
    assert_eq!(writer.add(&[("visits", 1)]).await, [1]);
    let faults = [Fault::LoseReply, Fault::LoseRequest].into_iter().cycle().take(14);
    for (fault, before) in faults.zip(1..) {
        proxy.plan(fault, "visits");
        assert_eq!(writer.add(&[("visits", 1)]).await, [before + 1], "{fault:?}");
    }
    assert_eq!(proxy.faults(), 14);
    assert_eq!(value(&store, "visits").await, 15);
}

/// A connection that was closed while nobody used it is not worth an error.
pub(crate) async fn an_idle_connection_may_be_closed<B: Backend>() {
    let server = B::start().await;
    let proxy = Proxy::to(server.port()).await;
    let store = B::connect(&server.url_with(proxy.port(), SECRET)).await.unwrap();
    let mut writer = Writer::new(&store);
    for before in 0..3 {
        proxy.close();
        proxy.open();
        assert_eq!(writer.try_add(&[("visits", 1)]).await.unwrap(), [before + 1]);
    }
}

/// A server that is silent is one that is away, and what it has done in silence is not done again.
pub(crate) async fn silence_is_given_up<B: Backend>(
    connect: impl AsyncFnOnce(&str, Duration) -> Result<B::Store, StoreError>,
) {
    let server = B::start().await;
    let proxy = Proxy::to(server.port()).await;
    let store = connect(&server.url_with(proxy.port(), SECRET), A_SECOND).await.unwrap();
    let mut writer = Writer::new(&store);
    proxy.plan(Fault::SwallowReply, "visits");
    assert_eq!(timeout(PATIENCE, writer.add(&[("visits", 1)])).await.unwrap(), [1]);
    assert_eq!(proxy.faults(), 1);
}

/// A server that is killed while tasks increment comes back with every increment that was acknowledged, and the others are
/// added once.
pub(crate) async fn a_killed_server_loses_and_doubles_nothing<B: Backend>() {
    const TASKS: i64 = 8;
    const KILLS: usize = 3;
    let mut server = B::start().await;
    let mut options = TallyOptions::default();
    // There is always a commit on its way.
    options.commit_interval = Duration::ZERO;
    let tally = Tally::with_store(server.store().await, options);
    let counter = tally.counter("visits").await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let tasks = (0..TASKS).map(|_| {
        let (counter, stopped) = (counter.clone(), stopped.clone());
        tokio::spawn(async move {
            let mut own = 0;
            while !*stopped.borrow() {
                counter.increment(1).await.unwrap();
                own += 1;
            }
            own
        })
    });
    let tasks: Vec<_> = tasks.collect();
    for _ in 0..KILLS {
        let before = counter.get();
        until("they increment", async || counter.get() > before + 100).await;
        server.kill();
        server.start_again().await;
    }
    let before = counter.get();
    until("they increment again", async || counter.get() > before + 2 * TASKS).await;
    stop.send(true).unwrap();
    let mut added = 0;
    for task in tasks {
        added += task.await.unwrap();
    }
    tally.close().await.unwrap();
    assert_eq!(value(&server.store().await, "visits").await, added);
}

/// Two that share a server know each other's numbers within a second.
pub(crate) async fn tallies_see_each_other<B: Backend>() {
    let server = B::start().await;
    let here = Tally::with_store(server.store().await, TallyOptions::default());
    let there = Tally::with_store(server.store().await, TallyOptions::default());
    let (mine, theirs) = (here.counter("visits").await.unwrap(), there.counter("visits").await.unwrap());
    let mut in_time = 0;
    for total in 1..=20 {
        let who = if total % 2 == 0 { &mine } else { &theirs };
        who.increment(1).await.unwrap();
        let added = Instant::now();
        until("both know", async || mine.get() == total && theirs.get() == total).await;
        in_time += usize::from(added.elapsed() < A_SECOND);
    }
    assert!(in_time > 15, "only {in_time} of 20 were known within a second");
    let late = Tally::with_store(server.store().await, TallyOptions::default());
    assert_eq!(late.counter("visits").await.unwrap().get(), 20);
}

/// What others add while a connection is lost is known when it is there again.
pub(crate) async fn what_was_missed_is_made_up_for<B: Backend>() {
    let server = B::start().await;
    let proxy = Proxy::to(server.port()).await;
    let store = B::connect(&server.url_with(proxy.port(), SECRET)).await.unwrap();
    let mut changes = pin!(store.changes());
    store.load(&["visits".to_owned(), "other".to_owned()]).await.unwrap();
    proxy.close();
    let others = server.store().await;
    let mut writer = Writer::new(&others);
    writer.add(&[("visits", 7), ("nobody's", 1)]).await;
    proxy.open();
    assert_eq!(timeout(PATIENCE, changes.next()).await.unwrap(), Some(("visits".to_owned(), 7)));
    writer.add(&[("other", 3)]).await;
    assert_eq!(timeout(PATIENCE, changes.next()).await.unwrap(), Some(("other".to_owned(), 3)));
}

/// Of a counter that changes often while nobody looks, the newest value is kept.
pub(crate) async fn nobody_looks_nothing_piles_up<B: Backend>() {
    let server = B::start().await;
    let (store, others) = (server.store().await, server.store().await);
    let mut changes = pin!(store.changes());
    store.load(&["visits".to_owned(), "last".to_owned()]).await.unwrap();
    let mut writer = Writer::new(&others);
    for _ in 0..200 {
        writer.add(&[("visits", 1)]).await;
    }
    writer.add(&[("last", 1)]).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|(name, _)| name != "last") {
        seen.push(timeout(PATIENCE, changes.next()).await.unwrap().unwrap());
    }
    assert!(seen.len() < 20, "the task that listens had all the time to listen ahead: {seen:?}");
    assert!(seen.contains(&("visits".to_owned(), 200)), "{seen:?}");
}

/// An older batch of a writer, from a connection that was given up, comes too late.
pub(crate) async fn a_late_batch_is_not_added<B: Backend>() {
    let server = B::start().await;
    let store = server.store().await;
    let mut writer = Writer::new(&store);
    writer.add(&[("visits", 1)]).await;
    let late = writer.batch(&[("visits", 1)]);
    writer.add(&[("visits", 10)]).await;
    assert_eq!(store.commit(&late).await.unwrap(), [11]);
    assert_eq!(value(&store, "visits").await, 11);
}

/// The largest batch there may be, with names of everything that names may have.
pub(crate) async fn large_batches_with_odd_names<B: Backend>() {
    let server = B::start().await;
    let (store, others) = (server.store().await, server.store().await);
    let odd = [
        "a b",
        "5:x 1 2;",
        "\"';--\\",
        "line\nbreak",
        "\u{1}\u{7f}",
        "a\0b",
        "Grüße 🐦",
        "%s{}",
        &"é".repeat(127),
    ];
    let plain = (0..firecrest_tally::MAX_BATCH - odd.len()).map(|number| format!("{number:0>255}"));
    let names: Vec<String> = odd.iter().map(|&name| name.to_owned()).chain(plain).collect();
    let mut changes = pin!(others.changes());
    assert_eq!(others.load(&names).await.unwrap(), vec![0; names.len()]);
    let deltas: Vec<(&str, i64)> = names.iter().map(String::as_str).zip(1..).collect();
    let values: Vec<i64> = deltas.iter().map(|(_, delta)| *delta).collect();
    assert_eq!(Writer::new(&store).add(&deltas).await, values);
    let mut heard: Vec<(String, i64)> = Vec::new();
    while heard.len() < names.len() {
        heard.push(timeout(PATIENCE, changes.next()).await.unwrap().unwrap());
    }
    heard.sort_by_key(|(_, value)| *value);
    assert_eq!(heard, names.iter().cloned().zip(1..).collect::<Vec<_>>());
    assert_eq!(store.load(&names).await.unwrap(), values);
}

/// A server that is away is one to try again; one that says no is not. Neither error shows the password.
pub(crate) async fn errors_say_what_to_do_and_no_secrets<B: Backend>() {
    let mut server = B::start().await;
    let wrong = B::connect(&server.url_with(server.port(), "wr0ng-secret")).await.unwrap_err();
    assert!(matches!(wrong, StoreError::Failed(_)), "{wrong:?}");
    assert!(wrong.to_string().contains("password"), "{wrong}");
    let store = server.store().await;
    server.kill();
    let away = B::connect(&server.url()).await.unwrap_err();
    assert!(matches!(away, StoreError::Unavailable(_)), "{away:?}");
    let lost = Writer::new(&store).try_add(&[("visits", 1)]).await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(_)), "{lost:?}");
    let lost_too = store.load(&["visits".to_owned()]).await.unwrap_err();
    assert!(matches!(lost_too, StoreError::Unavailable(_)), "{lost_too:?}");
    let no_url = B::connect(&format!("{SECRET} is no URL")).await.unwrap_err();
    assert!(matches!(no_url, StoreError::Failed(_)), "{no_url:?}");
    let no_port = B::connect(&format!("{}://user:{SECRET}@127.0.0.1:port/x", B::SCHEME)).await.unwrap_err();
    assert!(matches!(no_port, StoreError::Failed(_)), "{no_port:?}");
    for error in [wrong, away, lost, lost_too, no_url, no_port] {
        let text = format!("{error} {error:?} {store:?}");
        assert!(!text.contains(SECRET) && !text.contains("wr0ng"), "{text}");
    }
}
