//! Figures out of documents, and the poller that asks for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use firecrest::hub::{Every, Hub, Keep, PollError, Polled, Poller, Topic, TopicError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::{Client, Document, FetchError, Token, format};
use crate::config::{Format, JsonCard, Pointer, RepositoryCard};

/// Most that the questions of a source are shifted at random, so that nodes that were started together do not ask together:
/// a tenth of the interval.
const JITTER: u32 = 10;

/// What a source has answered, ready to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) figures: Vec<Figure>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) label: String,
    /// None where the answer had none. Zero is one.
    pub(crate) value: Option<String>,
}

/// Where a source's figures are. They stay on this node: the others ask themselves.
pub(crate) fn figures(hub: &Hub, source: &str) -> Result<Topic<Figures>, TopicError> {
    hub.local(&format!("dashboard.figures.{source}"), Keep::Last)
}

/// Documents, and what is shown of them.
#[derive(Debug)]
pub(crate) struct Source {
    client: Client,
    documents: Vec<Document>,
    shown: Vec<Shown>,
    /// What it has answered last, and when.
    last: Mutex<Option<(Figures, Instant)>>,
}

#[derive(Debug)]
struct Shown {
    label: String,
    /// Which document it is in, and where.
    document: usize,
    pointer: String,
    format: Format,
    unit: Option<String>,
    /// What is shown where there is none.
    otherwise: Option<&'static str>,
}

impl Source {
    /// A repository: its numbers, and its latest release.
    pub(crate) fn repository(client: Client, card: &RepositoryCard, token: Option<Token>) -> Self {
        let about = card.base_url.join(&format!("repos/{}", card.repository.0));
        let release = about.join("releases/latest");
        let shown = |label: &str, document, pointer: &str, format, otherwise| Shown {
            label: label.to_owned(),
            document,
            pointer: pointer.to_owned(),
            format,
            unit: None,
            otherwise,
        };
        Source {
            last: Mutex::default(),
            client,
            documents: vec![Document::new(about, token.clone()), Document::new(release, token).or_null()],
            shown: vec![
                shown("stars", 0, "/stargazers_count", Format::Number, None),
                shown("open issues", 0, "/open_issues_count", Format::Number, None),
                shown("forks", 0, "/forks_count", Format::Number, None),
                shown("latest release", 1, "/tag_name", Format::Text, Some("none")),
            ],
        }
    }

    /// Any document.
    pub(crate) fn json(client: Client, card: &JsonCard, token: Option<Token>) -> Self {
        let shown = card.figures.iter().map(|figure| {
            let Pointer(pointer) = figure.pointer.clone();
            let unit = figure.unit.as_ref().map(|unit| unit.0.clone());
            Shown {
                label: figure.label.0.clone(),
                document: 0,
                pointer,
                format: figure.format,
                unit,
                otherwise: None,
            }
        });
        let shown = shown.collect();
        let documents = vec![Document::new(card.url.clone(), token)];
        Source { client, documents, shown, last: Mutex::default() }
    }

    /// Asks at this interval, as long as somebody looks at the topic.
    pub(crate) fn poll(self, hub: &Hub, topic: &Topic<Figures>, every: Duration) -> Poller {
        let source = Arc::new(self);
        let often = Every::new(every).jitter(every / JITTER).only_while_watched().name("dashboard");
        hub.poll(topic, often, move || {
            let source = Arc::clone(&source);
            async move { source.news(every).await.map_err(poll_error) }
        })
    }

    /// What it answers, unless that is what it has answered last, less than two intervals ago. Who begins to look after a longer time
    /// waits for an answer, whatever it is.
    async fn news(&self, every: Duration) -> Result<Polled<Figures>, FetchError> {
        let figures = self.ask().await?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = last.as_ref().is_some_and(|(last, at)| *last == figures && at.elapsed() < every * 2);
        *last = Some((figures.clone(), Instant::now()));
        Ok(if is_known { Polled::Unchanged } else { Polled::New(figures) })
    }

    async fn ask(&self) -> Result<Figures, FetchError> {
        let mut documents = Vec::new();
        for document in &self.documents {
            documents.push(document.fetch(&self.client).await?);
        }
        let figures = self.shown.iter().map(|shown| shown.figure(&documents[shown.document])).collect();
        Ok(Figures { figures })
    }
}

impl Shown {
    fn figure(&self, document: &Value) -> Figure {
        let value = document.pointer(&self.pointer).and_then(|value| format(value, self.format));
        let value = match (&self.unit, value) {
            (Some(unit), Some(value)) => Some(format!("{value} {unit}")),
            (_, value) => value.or(self.otherwise.map(str::to_owned)),
        };
        Figure { label: self.label.clone(), value }
    }
}

fn poll_error(error: FetchError) -> PollError {
    let pause = match &error {
        FetchError::Status(_, pause) => *pause,
        FetchError::Paused(pause) => Some(*pause),
        _ => None,
    };
    let error = PollError::new(error);
    match pause {
        Some(pause) => error.after(pause),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::standin::StandIn;

    const EVERY: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn d008_an_answer_that_is_known_is_no_news_unless_nobody_looked_for_long() {
        let stand_in = StandIn::quiet((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let card = format!(
            "repository = 'observatory/field-guide'\nbase_url = 'http://{}'\nevery = '60 s'",
            stand_in.address()
        );
        let source = Source::repository(Client::new(), &toml::from_str(&card).unwrap(), None);
        let is_news = async || matches!(source.news(EVERY).await.unwrap(), Polled::New(_));
        assert!(is_news().await);
        assert!(!is_news().await);
        stand_in.set_stars(0);
        assert!(is_news().await);
        assert!(!is_news().await);
        let long_ago = Instant::now().checked_sub(2 * EVERY);
        source.last.lock().unwrap().as_mut().unwrap().1 = long_ago.unwrap();
        assert!(is_news().await);
    }

    #[test]
    fn a_source_does_not_show_its_token() {
        let (token, secret) = Token::of_tests();
        let card = toml::from_str("url = 'https://a.example/'\nfigures = []").unwrap();
        let shown = format!("{:?}", Source::json(Client::new(), &card, Some(token)));
        assert!(shown.contains("a.example") && !shown.contains(&secret), "{shown}");
    }
}
