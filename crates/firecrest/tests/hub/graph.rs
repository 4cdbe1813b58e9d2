//! The graph of requests.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use firecrest::activity::{ActivityLayer, Graph, GraphOptions, Tick};
use firecrest::pubsub::cluster::InProcess;
use firecrest::{Endpoint, Source as _};
use futures_util::StreamExt as _;
use http::Request;
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

use crate::{endpoint, ms, node};

struct Site {
    endpoint: Endpoint,
    app: Router,
}

impl Site {
    fn new(endpoint: Endpoint) -> Self {
        let app = Router::new().route("/", get(async || "")).layer(ActivityLayer::new(&endpoint));
        Site { endpoint, app }
    }

    fn graph(&self) -> Graph {
        Graph::start(&self.endpoint, GraphOptions::default())
    }

    async fn visit(&self, times: usize) {
        for _ in 0..times {
            let request = Request::get("/").body(Body::empty()).unwrap();
            self.app.clone().oneshot(request).await.unwrap();
        }
    }
}

fn requests(graph: &Graph, newest: usize) -> Vec<u64> {
    let points = graph.points();
    points[points.len() - newest..].iter().map(|tick| tick.requests).collect()
}

#[tokio::test(start_paused = true)]
async fn m003_every_750_ms_is_a_point_and_m004_there_are_200_from_the_start() {
    let site = Site::new(endpoint());
    let graph = site.graph();
    assert_eq!(graph.points(), vec![Tick::default(); 200]);
    let (mut ticks, began) = (graph.ticks().subscribe(), Instant::now());
    site.visit(3).await;
    let first = ticks.next().await;
    assert_eq!((first.requests, first.nodes, first.number), (3, 1, 1));
    assert!((750..755).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    // M008: there is no cap.
    site.visit(1_000).await;
    assert_eq!((ticks.next().await.requests, ticks.next().await.requests), (1_000, 0));
    assert_eq!(requests(&graph, 4), [0, 3, 1_000, 0]);
    for _ in 0..300 {
        ticks.next().await;
    }
    let points = graph.points();
    assert_eq!((points.len(), points[0].number, points[199].number), (200, 104, 303));
}

#[tokio::test(start_paused = true)]
async fn m006_a_newcomer_sees_what_the_others_have_seen() {
    let site = Site::new(endpoint());
    let graph = site.graph();
    site.visit(5).await;
    let mut changes = graph.changes();
    changes.next().await;
    let late = graph.clone();
    assert_eq!(requests(&late, 1), [5]);
    assert_eq!(late.points(), graph.points());
}

#[tokio::test(start_paused = true)]
async fn several_nodes_make_one_graph_and_one_that_has_gone_stops_counting() {
    let cluster = InProcess::new();
    let (a, b) = (Site::new(node(&cluster, "a")), Site::new(node(&cluster, "b.two")));
    let on_a = a.graph();
    // The ticks of the nodes do not begin at the same time.
    sleep(ms(300)).await;
    let on_b = b.graph();
    sleep(ms(3_000)).await;
    let total = |graph: &Graph| graph.points().iter().map(|tick| tick.requests).sum::<u64>();
    for _ in 0..10 {
        a.visit(2).await;
        b.visit(3).await;
        sleep(ms(750)).await;
    }
    sleep(ms(3_000)).await;
    assert_eq!((total(&on_a), total(&on_b)), (50, 50));
    let steady = requests(&on_a, 12);
    assert!(steady.iter().filter(|requests| **requests == 5).count() >= 7, "{steady:?}");
    assert_eq!(on_a.points()[199].nodes, 2);
    cluster.cut("b.two");
    sleep(ms(4 * 750)).await;
    assert_eq!((on_a.points()[199].nodes, on_b.points()[199].nodes), (1, 1));
    cluster.heal("b.two");
    sleep(ms(4 * 750)).await;
    assert_eq!((on_a.points()[199].nodes, on_b.points()[199].nodes), (2, 2));
    drop(on_b);
    sleep(ms(4 * 750)).await;
    assert_eq!(on_a.points()[199].nodes, 1);
}

#[tokio::test(start_paused = true)]
async fn options_have_bounds() {
    let options = GraphOptions::default().tick(ms(0)).points(0);
    let graph = Graph::start(&endpoint(), options);
    assert_eq!((graph.options().tick, graph.points().len()), (ms(10), 1));
    assert_eq!(GraphOptions::default().points(5_000).points, 1_000);
}

/// In virtual time ticks are exact, which hides what is not.
#[tokio::test]
async fn in_real_time_too_nothing_is_lost() {
    let site = Site::new(endpoint());
    let graph = Graph::start(&site.endpoint, GraphOptions::default().tick(ms(20)));
    let mut ticks = graph.ticks().subscribe();
    for _ in 0..5 {
        site.visit(4).await;
        ticks.next().await;
    }
    ticks.next().await;
    assert_eq!(graph.points().iter().map(|tick| tick.requests).sum::<u64>(), 20);
}
