//! Pictures of visitors, as many as may be: the oldest go.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use firecrest::live::TempUpload;
use firecrest::prelude::*;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

/// Most pictures of all visitors together.
const MAX_PHOTOS: usize = 100;

/// Most bytes of all pictures together: 100 MB.
const MAX_BYTES: u64 = 100_000_000;

/// As by default, with previews: images that the page itself has made.
pub(crate) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; \
     form-action 'self'; frame-ancestors 'self'",
);

/// Pictures by their ids, the oldest first. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Photos(Arc<Mutex<VecDeque<Photo>>>);

struct Photo {
    id: String,
    kind: &'static str,
    file: TempUpload,
}

/// Where pictures are until they are dropped.
pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join("firecrest-live-demo")
}

/// Serves the pictures, to whoever knows their ids.
pub(crate) fn router(photos: Photos) -> Router {
    Router::new().route("/live-demo/photos/{id}", get(photo)).with_state(photos)
}

async fn photo(State(photos): State<Photos>, Path(id): Path<String>) -> Response {
    let Some((kind, file)) = photos.find(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match file.read().await {
        Ok(bytes) => {
            ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "private, max-age=3600")], bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Photos {
    /// Keeps a picture, and gives its id, which cannot be guessed. None when it is none that every browser can show.
    pub(crate) async fn keep(&self, file: TempUpload) -> std::io::Result<Option<String>> {
        let Some(kind) = kind(&file.read().await?) else { return Ok(None) };
        let id = format!("{:032x}", rand::random::<u128>());
        let mut photos = self.lock();
        photos.push_back(Photo { id: id.clone(), kind, file });
        let mut bytes: u64 = photos.iter().map(|photo| photo.file.size()).sum();
        while photos.len() > MAX_PHOTOS || bytes > MAX_BYTES {
            bytes -= photos.pop_front().map_or(0, |oldest| oldest.file.size());
        }
        Ok(Some(id))
    }

    pub(crate) fn remove(&self, id: &str) {
        self.lock().retain(|photo| photo.id != id);
    }

    fn find(&self, id: &str) -> Option<(&'static str, TempUpload)> {
        let photos = self.lock();
        let photo = photos.iter().find(|photo| photo.id == id)?;
        Some((photo.kind, photo.file.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Photo>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands itself to the views.
impl MountHook for Photos {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.clone());
        Ok(())
    }
}

/// What a picture really is, whatever its name says.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
