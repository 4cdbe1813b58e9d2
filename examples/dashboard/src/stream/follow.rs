//! Following a stream: connecting, reading, and connecting again, for as long as the program runs (D010, D013).

use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use firecrest::hub::{Hub, TopicError};
use futures_util::{FutureExt as _, StreamExt as _};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::backoff::{Backoff, MOST};
use super::item::Filter;
use super::parser::{Parser, Said};
use super::{Item, Link, Topics};
use crate::config::{StreamCard, WebUrl};
use crate::now::now;
use crate::sources::{Client, FetchError, MAX_PAUSE, Token, pause};

/// A stream that says nothing for so long, not even a comment, is given up and asked for again.
const SILENCE: Duration = Duration::from_secs(60);

/// A stream, and what is wanted of it.
#[derive(Debug)]
pub(crate) struct Stream {
    client: Client,
    url: WebUrl,
    token: Option<Token>,
    filter: Filter,
    per_second: usize,
}

/// The tasks that follow a stream; dropped, they end.
#[derive(Debug)]
pub(crate) struct Following {
    _reader: AbortOnDropHandle<()>,
    _sampler: AbortOnDropHandle<()>,
}

/// What is known of a stream from one connection to the next.
#[derive(Default)]
struct Course {
    parser: Parser,
    backoff: Backoff,
    /// Items so far.
    count: u64,
}

/// Why a connection is over, in words for those who look at the card.
#[derive(Debug, thiserror::Error)]
enum Over {
    #[error(transparent)]
    Refused(#[from] FetchError),
    #[error("the stream has ended")]
    Ended,
    #[error("the stream has nothing more to say")]
    NoContent,
    #[error("the stream said nothing for {} s", SILENCE.as_secs())]
    Silent,
    #[error("the stream broke off")]
    Broken,
}

impl Stream {
    pub(crate) fn new(client: Client, card: &StreamCard, token: Option<Token>) -> Self {
        let (url, filter) = (card.url.clone(), Filter::of(card));
        Stream { client, url, token, filter, per_second: card.per_second.0 }
    }
}

/// Follows a stream until the result is dropped.
pub(crate) fn follow(hub: &Hub, id: &str, stream: Stream) -> Result<Following, TopicError> {
    let topics = Topics::of(hub, id)?;
    // It listens before there is something to hear.
    let sampler = tokio::spawn(sample(topics.clone(), stream.per_second));
    let reader = tokio::spawn(read_for_ever(stream, topics));
    Ok(Following { _reader: AbortOnDropHandle::new(reader), _sampler: AbortOnDropHandle::new(sampler) })
}

/// Shows at most so many items a second, and counts the others (D014).
async fn sample(topics: Topics, per_second: usize) {
    let mut samples = topics.all.subscribe().sampled(per_second, Duration::from_secs(1));
    let mut skipped = 0;
    while let Some(sample) = samples.next().await {
        for item in sample.items {
            topics.items.publish(Item::clone(&item));
        }
        if sample.skipped > 0 {
            skipped += sample.skipped;
            topics.skipped.publish(skipped);
        }
    }
}

async fn read_for_ever(stream: Stream, topics: Topics) {
    let mut course = Course::default();
    loop {
        let read = AssertUnwindSafe(read(&stream, &topics, &mut course)).catch_unwind().await;
        let over = read.unwrap_or_else(|_| {
            // What was half read when it panicked is not looked at again.
            course.parser = Parser::default();
            Over::Broken
        });
        tracing::debug!(host = stream.url.0.host_str(), error = %over, "a stream is over");
        // It is down since it was lost, not since the last try.
        let since = match topics.link.last().as_deref() {
            Some(Link::Down { since, .. }) => *since,
            _ => SystemTime::now(),
        };
        topics.link.publish(Link::Down { since, why: over.to_string() });
        sleep(course.wait(&over)).await;
    }
}

impl Course {
    /// How long to wait after a connection that is over.
    fn wait(&mut self, over: &Over) -> Duration {
        let wait = self.backoff.next(rand::random());
        match over {
            Over::Refused(FetchError::Status(_, Some(pause))) => wait.max(*pause),
            // It has asked not to be asked again: not soon, at least.
            Over::NoContent => MAX_PAUSE,
            _ => wait.min(MOST),
        }
    }
}

/// Reads one connection until it is over.
async fn read(stream: &Stream, topics: &Topics, course: &mut Course) -> Over {
    let mut chunks = match connect(stream, course.parser.last_id()).await {
        Ok(body) => body.into_data_stream(),
        Err(over) => return over,
    };
    topics.link.publish(Link::Up);
    course.parser.reconnect();
    loop {
        let chunk = match timeout(SILENCE, chunks.next()).await {
            Err(_) => return Over::Silent,
            Ok(None) => return Over::Ended,
            Ok(Some(Err(_))) => return Over::Broken,
            Ok(Some(Ok(chunk))) => chunk,
        };
        let Course { parser, backoff, count } = course;
        parser.push(&chunk, |said| match said {
            Said::Retry(first) => backoff.retry(first),
            Said::TooLarge => backoff.reset(),
            Said::Event(event) => {
                // Only now it is known to work.
                backoff.reset();
                if let Some(item) = stream.filter.item(event, *count) {
                    *count += 1;
                    topics.all.publish(item);
                }
            }
        });
    }
}

async fn connect(stream: &Stream, last_id: &str) -> Result<Body, Over> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !last_id.is_empty()
        && let Ok(id) = HeaderValue::try_from(last_id)
    {
        headers.insert("last-event-id", id);
    }
    let answer = stream.client.stream(&stream.url, headers, stream.token.as_ref()).await?;
    match answer.status() {
        StatusCode::OK if is_stream(&answer) => Ok(answer.into_body()),
        StatusCode::OK => Err(FetchError::Other("a stream of events").into()),
        StatusCode::NO_CONTENT => Err(Over::NoContent),
        status => Err(FetchError::Status(status, pause(status, answer.headers(), now())).into()),
    }
}

fn is_stream(answer: &Response<Body>) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stream_does_not_show_its_token() {
        let (token, secret) = Token::of_tests();
        let card = toml::from_str("url = 'https://a.example/'").unwrap();
        let shown = format!("{:?}", Stream::new(Client::new(), &card, Some(token)));
        assert!(shown.contains("a.example") && !shown.contains(&secret), "{shown}");
    }
}
