//! The end.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use firecrest::Endpoint;
use firecrest::activity::{Graph, GraphOptions};
use firecrest::hub::{ConsumerOptions, Every, Keep, Message, PollError};
use firecrest::pubsub::cluster::InProcess;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::captured::Captured;
use crate::{endpoint, ms, node, until};

/// Serves an endpoint until its end.
async fn serve_and_stop(endpoint: &Endpoint) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    endpoint.serve_until(listener, Router::new(), std::future::ready(())).await;
}

#[tokio::test]
async fn what_was_registered_last_is_done_first_and_before_counters_are_written() {
    let endpoint = endpoint();
    let order = Arc::new(Mutex::new(Vec::new()));
    let visits = endpoint.tally().counter("visits").await.unwrap();
    for name in ["first", "second"] {
        let (order, visits) = (Arc::clone(&order), visits.clone());
        endpoint.on_shutdown(async move || {
            visits.add_later(1);
            order.lock().unwrap().push(name);
        });
    }
    serve_and_stop(&endpoint).await;
    assert_eq!(*order.lock().unwrap(), ["second", "first"]);
    assert_eq!(visits.get(), 2);
    serve_and_stop(&endpoint).await;
    assert_eq!(order.lock().unwrap().len(), 2, "each is done once");
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_takes_too_long_or_panics_is_in_nobodys_way() {
    let logs = Captured::start();
    let endpoint = endpoint();
    let (done, is_done) = oneshot::channel();
    let later = endpoint.clone();
    endpoint.on_shutdown(async move || {
        later.on_shutdown(async move || done.send(()).unwrap());
    });
    endpoint.on_shutdown(async || panic!("on purpose"));
    endpoint.on_shutdown(async || std::future::pending().await);
    serve_and_stop(&endpoint).await;
    is_done.await.unwrap();
    let logged = logs.take();
    assert!(logged.contains("on purpose") && logged.contains("within 5s"), "{logged}");
}

/// Does not want to go.
struct Clinging;

impl Drop for Clinging {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "it does not want to go");
    }
}

#[tokio::test(start_paused = true)]
async fn all_callbacks_together_have_ten_seconds_and_the_counters_are_written() {
    let endpoint = endpoint();
    let visits = endpoint.tally().counter("visits").await.unwrap();
    let begun = Arc::new(Mutex::new(0));
    for _ in 0..10 {
        let begun = Arc::clone(&begun);
        endpoint.on_shutdown(async move || {
            *begun.lock().unwrap() += 1;
            let _clinging = Clinging;
            std::future::pending::<()>().await;
        });
    }
    let adding = visits.clone();
    endpoint.on_shutdown(async move || adding.add_later(1));
    let began = Instant::now();
    serve_and_stop(&endpoint).await;
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    assert_eq!((*begun.lock().unwrap(), visits.get()), (2, 1));
}

#[tokio::test]
async fn a_callback_that_registers_itself_again_ends() {
    fn register(endpoint: &Endpoint, times: Arc<Mutex<u32>>) {
        let again = endpoint.clone();
        endpoint.on_shutdown(async move || {
            *times.lock().unwrap() += 1;
            register(&again, Arc::clone(&times));
        });
    }
    let (endpoint, times) = (endpoint(), Arc::default());
    register(&endpoint, Arc::clone(&times));
    serve_and_stop(&endpoint).await;
    assert_eq!(*times.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_graph_ends_with_the_endpoint() {
    let endpoint = endpoint();
    let graph = Graph::start(&endpoint, GraphOptions::default().tick(ms(10)));
    until(|| graph.ticks().last().is_some()).await;
    serve_and_stop(&endpoint).await;
    let last = graph.ticks().last().map(|tick| tick.number);
    sleep(ms(50)).await;
    assert_eq!(graph.ticks().last().map(|tick| tick.number), last);
}

#[tokio::test]
async fn consumers_and_pollers_end_with_the_endpoint() {
    let endpoint = endpoint();
    let hub = endpoint.hub();
    let topic = hub.topic::<u32>("a", Keep::Last).unwrap();
    let handled = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&handled);
    let handle = move |message: Message<u32>| {
        let noting = Arc::clone(&noting);
        async move {
            sleep(ms(50)).await;
            noting.lock().unwrap().push(*message);
            Ok::<_, Infallible>(())
        }
    };
    hub.consume("a", ConsumerOptions::default(), handle).unwrap().detach();
    hub.poll(&topic, Every::new(Duration::from_secs(60)), async || {
        std::future::pending::<Result<u32, PollError>>().await
    })
    .detach();
    // The hub still works for whoever finishes something at the end.
    let last = hub.clone();
    endpoint.on_shutdown(async move || {
        last.send("a", &1).unwrap();
        until(|| last.stats().consumers[0].received == 1).await;
    });
    serve_and_stop(&endpoint).await;
    assert_eq!(*handled.lock().unwrap(), [1], "what was begun is finished");
    assert_eq!(hub.stats(), firecrest::hub::HubStats::default());
}

#[tokio::test]
async fn a_node_that_ends_is_forgotten_by_the_others_at_once() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let _feed = b.hub().subscribe::<u32>("a.b").unwrap();
    let sending = a.hub().topic::<u32>("a.b", Keep::Nothing).unwrap();
    until(|| sending.is_wanted()).await;
    serve_and_stop(&b).await;
    until(|| !sending.is_wanted()).await;
}
