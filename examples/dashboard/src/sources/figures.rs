//! Figures out of documents, and the poller that asks for them.

use std::sync::Arc;
use std::time::Duration;

use firecrest::hub::{Every, Hub, Keep, PollError, Poller, Topic, TopicError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
        Source { client, documents: vec![Document::new(card.url.clone(), token)], shown }
    }

    /// Asks at this interval, as long as somebody looks at the topic.
    pub(crate) fn poll(self, hub: &Hub, topic: &Topic<Figures>, every: Duration) -> Poller {
        let source = Arc::new(self);
        let every = Every::new(every).jitter(every / JITTER).only_while_watched();
        hub.poll(topic, every, move || {
            let source = Arc::clone(&source);
            async move { source.ask().await.map_err(poll_error) }
        })
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
