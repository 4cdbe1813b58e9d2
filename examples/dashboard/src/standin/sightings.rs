//! A stream of server-sent events: birds that somebody has seen.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio::time::{interval, sleep, timeout};

use super::state::{Sighting, State};

/// A comment after so long a silence, so that nobody in between closes the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Who loses the stream is to come back after so many milliseconds.
const RETRY: u64 = 500;

/// Time between two sightings, and between two bursts of them.
const SIGHTING: Duration = Duration::from_millis(1_400);
const BURST: Duration = Duration::from_secs(25);

const BIRDS: [(&str, &str); 9] = [
    ("Firecrest", "Regulus_ignicapilla"),
    ("Goldcrest", "Regulus_regulus"),
    ("Crested tit", "Lophophanes_cristatus"),
    ("Great crested grebe", "Podiceps_cristatus"),
    ("Crested lark", "Galerida_cristata"),
    ("Robin", "Erithacus_rubecula"),
    ("Wren", "Troglodytes_troglodytes"),
    ("Siskin", "Spinus_spinus"),
    ("Nuthatch", "Sitta_europaea"),
];

const PLACES: [&str; 8] = [
    "in the old orchard",
    "by the mill pond",
    "above the churchyard wall",
    "on the beech walk",
    "at the feeder",
    "in the reeds",
    "under the station roof",
    "in somebody’s hat",
];

pub(super) async fn stream(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Response {
    let last_id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    if let Some(id) = last_id {
        state.lock().came_back(id);
    }
    let (missed, sightings) = state.listen(last_id.and_then(|id| id.parse().ok()));
    let begin = stream::iter([format!(": good day\nretry: {RETRY}\n\n")])
        .chain(stream::iter(missed.into_iter().map(event)));
    let rest =
        stream::unfold(sightings, async |mut sightings| match timeout(KEEP_ALIVE, sightings.recv()).await {
            Ok(Ok(sighting)) => Some((event(sighting), sightings)),
            // Too slow, or the stand-in ends: it is the reader's to come back.
            Ok(Err(_)) => None,
            Err(_) => Some((": still here\n\n".to_owned(), sightings)),
        });
    let body = Body::from_stream(begin.chain(rest).map(|text| Ok::<_, Infallible>(Bytes::from(text))));
    ([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")], body).into_response()
}

fn event((id, data): Sighting) -> String {
    format!("id: {id}\ndata: {data}\n\n")
}

/// A bird is seen, one after another, and the numbers change.
pub(super) async fn live(state: Arc<State>) {
    let (mut sightings, mut bursts) = (interval(SIGHTING), interval(BURST));
    bursts.reset();
    loop {
        tokio::select! {
            _ = sightings.tick() => {
                see(&state);
                change(&state);
            }
            _ = bursts.tick() => {
                for _ in 0..60 {
                    see(&state);
                    sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }
}

fn see(state: &State) {
    let (bird, page) = BIRDS[rand::random_range(0..BIRDS.len())];
    let place = PLACES[rand::random_range(0..PLACES.len())];
    state.say(&format!("{bird} {place}"), Some(&format!("https://species.wikimedia.org/wiki/{page}")));
}

fn change(state: &State) {
    let mut inner = state.lock();
    inner.meal = if rand::random_ratio(1, 40) { 0 } else { inner.meal + 1 };
    // Between changes there is time in which nothing has changed.
    if !rand::random_ratio(1, 4) {
        return;
    }
    match rand::random_range(0..10) {
        0..6 => inner.stars += 1,
        6 => inner.forks += 1,
        7 => inner.issues += 1,
        8 => inner.issues = inner.issues.saturating_sub(1),
        _ if rand::random_ratio(1, 5) => inner.release += 1,
        _ => {}
    }
    inner.version += 1;
}
