//! Telling the stand-in what to do, by HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::Fault;
use super::state::State;

/// Most sightings of one burst.
const MAX_BURST: u64 = 10_000;

pub(super) fn router(state: &Arc<State>) -> Router {
    Router::new()
        .route("/", get(asked))
        .route("/down", post(async |Shared(state): Shared<Arc<State>>| set(&state, Fault::Down)))
        .route("/up", post(async |Shared(state): Shared<Arc<State>>| set(&state, Fault::None)))
        .route("/status/{status}", post(status))
        .route("/limited/{seconds}", post(limited))
        .route("/say/{text}", post(say))
        .route("/burst/{count}/{text}", post(burst))
        .route("/stars/{count}", post(stars))
        .route("/left/{count}", post(left))
        .with_state(Arc::clone(state))
}

fn set(state: &State, fault: Fault) {
    state.fault.send_replace(fault);
}

async fn asked(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    let listeners = state.sightings.receiver_count();
    let inner = state.lock();
    Json(json!({
        "asked": inner.asked,
        "not_modified": inner.not_modified,
        "last_ids": inner.last_ids,
        "listeners": listeners,
    }))
}

async fn status(Shared(state): Shared<Arc<State>>, Path(status): Path<u16>) -> Result<(), StatusCode> {
    set(&state, Fault::Status(StatusCode::from_u16(status).map_err(|_| StatusCode::BAD_REQUEST)?));
    Ok(())
}

async fn limited(Shared(state): Shared<Arc<State>>, Path(seconds): Path<u64>) {
    set(&state, Fault::Limited(Duration::from_secs(seconds)));
}

async fn say(Shared(state): Shared<Arc<State>>, Path(text): Path<String>) {
    state.say(&text, Some("https://birds.example/"));
}

async fn burst(Shared(state): Shared<Arc<State>>, Path((count, text)): Path<(u64, String)>) {
    for number in 1..=count.min(MAX_BURST) {
        state.say(&format!("{text} {number}"), None);
    }
}

async fn stars(Shared(state): Shared<Arc<State>>, Path(stars): Path<u64>) {
    let mut inner = state.lock();
    inner.stars = stars;
    inner.version += 1;
}

async fn left(Shared(state): Shared<Arc<State>>, Path(left): Path<u64>) {
    state.lock().left = left;
}
