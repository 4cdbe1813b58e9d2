//! Handlers that wait until the test lets them go on.
//!
//! A view whose gate was closed holds each of its events; `POST /eval` with `{"code": "release KEY EVENT"}` lets one event of
//! that name pass.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::serial;

/// What stands between a view and its events.
#[derive(Debug, Default)]
pub(crate) struct Gate(Option<u64>);

impl Gate {
    /// Holds all events from the next on. Returns the key by which the test lets them pass.
    pub(crate) fn close(&mut self) -> u64 {
        *self.0.get_or_insert_with(serial::next)
    }

    /// Returns when the event may be handled: at once, unless the gate is closed.
    pub(crate) async fn pass(&self, event: &str) {
        let Some(key) = self.0 else { return };
        if let Ok(pass) = passes(key, event).acquire().await {
            pass.forget();
        }
    }
}

/// What a test asks of the server.
#[derive(Deserialize)]
pub(crate) struct Asked {
    code: String,
}

/// Runs a command of a test.
pub(crate) async fn eval(Json(Asked { code }): Json<Asked>) -> Result<Json<Value>, StatusCode> {
    let mut words = code.split(' ');
    let (Some("release"), Some(key), Some(event)) = (words.next(), words.next(), words.next()) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let key = key.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    passes(key, event).add_permits(1);
    Ok(Json(Value::Null))
}

type Passes = HashMap<(u64, String), Arc<Semaphore>>;

/// How many events of this name may pass.
fn passes(key: u64, event: &str) -> Arc<Semaphore> {
    static PASSES: LazyLock<Mutex<Passes>> = LazyLock::new(Mutex::default);
    let mut passes = PASSES.lock().unwrap_or_else(PoisonError::into_inner);
    let semaphore = passes.entry((key, event.to_owned())).or_insert_with(|| Arc::new(Semaphore::new(0)));
    Arc::clone(semaphore)
}
