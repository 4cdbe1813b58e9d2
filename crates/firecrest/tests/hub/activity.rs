//! The activity of requests.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use firecrest::activity::{Activity, ActivityLayer, REQUESTS, Verb};
use firecrest::hub::{Feed, Keep};
use firecrest::prelude::{Channels, Connect, Refused, Socket};
use firecrest::pubsub::cluster::InProcess;
use futures_util::FutureExt as _;
use http::{Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use crate::{endpoint, ms, node, until};

fn feed(endpoint: &firecrest::Endpoint) -> Feed<Activity> {
    endpoint.hub().subscribe(REQUESTS).unwrap()
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

async fn send(app: &Router, method: &str, path: &str) -> StatusCode {
    app.clone().oneshot(request(method, path)).await.unwrap().status()
}

#[tokio::test]
async fn m001_every_request_is_a_message_with_its_route_and_nothing_of_the_visitor() {
    let endpoint = endpoint();
    let app = Router::new()
        .route("/posts/{id}", get(async || "a post").post(async || StatusCode::CREATED))
        .nest("/admin", Router::new().route("/", get(async || StatusCode::FORBIDDEN)))
        .layer(ActivityLayer::new(&endpoint));
    let mut feed = feed(&endpoint);
    for (method, path) in [
        ("GET", "/posts/7?secret=x"),
        ("POST", "/posts/8"),
        ("GET", "/admin"),
        ("GET", "/none"),
        ("BREW", "/posts/9"),
    ] {
        send(&app, method, path).await;
    }
    let mut heard = Vec::new();
    while let Some(activity) = feed.next().now_or_never() {
        let text = serde_json::to_string(&*activity).unwrap();
        assert!(!text.contains("secret") && !text.contains("/7"), "{text}");
        heard.push((activity.method, activity.route.as_str().to_owned(), activity.status));
    }
    let expected = [
        (Verb::Get, "/posts/{id}", 200),
        (Verb::Post, "/posts/{id}", 201),
        (Verb::Get, "/admin", 403),
        (Verb::Get, "(no route)", 404),
        (Verb::Other, "/posts/{id}", 405),
    ];
    assert_eq!(heard, expected.map(|(method, route, status)| (method, route.to_owned(), status)));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_or_fails_is_told_too() {
    let endpoint = endpoint();
    let mut feed = feed(&endpoint);
    let layer = ActivityLayer::new(&endpoint);
    let slow = layer.layer(service_fn(|_: Request<()>| {
        sleep(Duration::from_secs(60)).map(|()| Ok::<_, Infallible>(Response::new(())))
    }));
    assert!(timeout(ms(10), slow.oneshot(Request::new(()))).await.is_err());
    let failing = layer.layer(service_fn(|_: Request<()>| ready(Err::<Response<()>, _>("no"))));
    assert!(failing.oneshot(Request::new(())).await.is_err());
    let told = (feed.next().await, feed.next().await);
    assert_eq!((told.0.status, told.1.status), (499, 500));
    assert_eq!(told.0.route.as_str(), "(no route)");
}

#[tokio::test]
async fn it_works_with_any_tower_service_and_says_when_and_how_long() {
    let endpoint = endpoint();
    let mut feed = feed(&endpoint);
    let mut service = ActivityLayer::new(&endpoint)
        .layer(service_fn(|_: Request<()>| sleep(ms(20)).map(|()| Response::builder().status(101).body(()))));
    service.ready().await.unwrap().call(Request::new(())).await.unwrap();
    let activity = feed.next().await;
    assert_eq!(activity.status, 101);
    assert!(activity.took >= ms(20) && activity.took < Duration::from_secs(20), "{:?}", activity.took);
    assert!(activity.at.elapsed().unwrap() >= activity.took);
}

#[tokio::test(start_paused = true)]
async fn requests_stay_on_their_node() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (mut here, mut there) = (feed(&a), b.hub().subscribe::<Activity>(">").unwrap());
    sleep(ms(500)).await;
    let app = Router::new().route("/", get(async || "")).layer(ActivityLayer::new(&a));
    send(&app, "GET", "/").await;
    assert_eq!(here.next().await.status, 200);
    sleep(ms(500)).await;
    assert!(there.next().now_or_never().is_none());
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let endpoint = endpoint();
    let mut feed = feed(&endpoint);
    let app = Router::new().route("/a/{b}", get(async || "")).layer(ActivityLayer::new(&endpoint));
    send(&app, "PATCH", "/a/b").await;
    let activity = feed.next().await;
    let json = serde_json::to_value(&*activity).unwrap();
    assert_eq!(
        (&json["method"], &json["route"], &json["status"]),
        (&"PATCH".into(), &"/a/{b}".into(), &405.into())
    );
    assert_eq!(serde_json::from_value::<Activity>(json).unwrap(), *activity);
    let kept = endpoint.hub().local::<Activity>(REQUESTS, Keep::Nothing).unwrap();
    assert!(kept.last().is_none());
}

struct Anybody;

impl Socket for Anybody {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Anybody)
    }

    fn channels() -> Channels<Self> {
        Channels::new()
    }
}

#[tokio::test]
async fn a_websocket_is_a_request_too_and_works_as_before() {
    let endpoint = endpoint();
    let mut feed = feed(&endpoint);
    let app: Router = endpoint.socket::<Anybody>("/socket").into();
    let app = app.layer(ActivityLayer::new(&endpoint));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { endpoint.serve_until(listener, app, async { drop(stopped.await) }).await }
    });
    let url = format!("ws://{address}/socket/websocket?vsn=2.0.0");
    let (client, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let activity = feed.next().await;
    assert_eq!((activity.method, activity.status), (Verb::Get, 101));
    assert_eq!(activity.route.as_str(), "/socket/websocket");
    until(|| endpoint.connections() == 1).await;
    drop((client, stop));
    serving.await.unwrap();
}

#[tokio::test]
async fn a_handler_that_panics_is_told_as_a_failure() {
    let endpoint = endpoint();
    let mut feed = feed(&endpoint);
    let panicking =
        |_: Request<()>| async { std::hint::black_box(None::<Result<Response<()>, Infallible>>).unwrap() };
    let service = ActivityLayer::new(&endpoint).layer(service_fn(panicking));
    let ended = tokio::spawn(service.oneshot(Request::new(()))).await;
    assert!(ended.unwrap_err().is_panic());
    assert_eq!(feed.next().await.status, 500);
}
