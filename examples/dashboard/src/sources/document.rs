//! A JSON document of a source, which is fetched again only when it has changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use super::{Client, FetchError, Token, pause};
use crate::config::WebUrl;
use crate::now::now;

/// A document at an address, and what is known of it.
#[derive(Debug)]
pub(crate) struct Document {
    url: WebUrl,
    token: Option<Token>,
    /// Whether there may be none.
    may_miss: bool,
    /// The last answer, and what it is called.
    last: Mutex<Option<(HeaderValue, Arc<Value>)>>,
}

impl Document {
    pub(crate) fn new(url: WebUrl, token: Option<Token>) -> Self {
        Document { url, token, may_miss: false, last: Mutex::default() }
    }

    /// Where there is none it is null, and no error.
    pub(crate) fn or_null(self) -> Self {
        Document { may_miss: true, ..self }
    }

    /// The document as it is now.
    pub(crate) async fn fetch(&self, client: &Client) -> Result<Arc<Value>, FetchError> {
        let last = self.last().clone();
        let mut headers = HeaderMap::new();
        if let Some((etag, _)) = &last {
            headers.insert(IF_NONE_MATCH, etag.clone());
        }
        let answer = client.get(&self.url, headers, self.token.as_ref()).await?;
        let (status, headers) = (answer.status(), answer.headers());
        match (status, last) {
            (StatusCode::OK, _) => {
                let body = serde_json::from_slice(answer.body()).map_err(|_| FetchError::Other("JSON"))?;
                let body = Arc::new(body);
                let etag = headers.get(ETAG).cloned();
                *self.last() = etag.map(|etag| (etag, Arc::clone(&body)));
                Ok(body)
            }
            (StatusCode::NOT_MODIFIED, Some((_, body))) => Ok(body),
            (StatusCode::NOT_FOUND, _) if self.may_miss => Ok(Arc::default()),
            _ => Err(FetchError::Status(status, pause(status, headers, now()))),
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<(HeaderValue, Arc<Value>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
