//! What runs behind the cards.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use firecrest::hub::{Hub, Poller, Topic, TopicError};
use firecrest::prelude::*;

use crate::cards::{Clock, Countdown, Face, Feed, FiguresCard, slot};
use crate::cards::{ClockSettings, CountdownSettings, FeedSettings, FiguresSettings};
use crate::config::{Card, Config, JsonCard, RepositoryCard, Title, TokenName, Zone};
use crate::sources::{Client, Figures, Source, Token, TokenError, figures};
use crate::standin::StandIn;
use crate::stream::{Following, Stream, Topics, follow};

/// A configuration whose sources are asked. Clones are the same; when the last is dropped, nobody is asked any more.
#[derive(Clone)]
pub struct Dashboard(Arc<Board>);

struct Board {
    config: Config,
    sources: Vec<Running>,
    /// What the sources are, where there is no file.
    _stand_in: Option<StandIn>,
}

/// What is behind a card. The topics are held so that values outlive the viewers.
enum Running {
    Asked { _poller: Poller, _topic: Topic<Figures> },
    Followed { _following: Following, _topics: Topics },
}

/// Why there is no dashboard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A card needs a token that there is not.
    #[error("the card {card:?}: {source}")]
    Token {
        /// The card's title.
        card: String,
        /// What is wrong with its token.
        source: TokenError,
    },
    /// There is no address for the stand-in.
    #[error("the stand-in for real sources: {0}")]
    StandIn(#[from] io::Error),
    /// A topic of the hub cannot be made.
    #[error(transparent)]
    Topic(#[from] TopicError),
}

impl Dashboard {
    /// Begins to ask and to follow what the cards show: sources as long as somebody looks, streams at once. Once for each endpoint,
    /// within a tokio runtime.
    ///
    /// # Errors
    /// When the environment lacks a token.
    pub fn start(endpoint: &Endpoint, config: Config) -> Result<Self, StartError> {
        Self::beside(endpoint, config, None)
    }

    /// The page that is shown when no file is given, with a [stand-in](crate::standin) for its sources, which only this machine
    /// reaches.
    ///
    /// # Errors
    /// When the stand-in cannot be started.
    pub async fn demo(endpoint: &Endpoint) -> Result<Self, StartError> {
        let stand_in = StandIn::on_this_machine().await?;
        Self::beside(endpoint, Config::demo(stand_in.address()), Some(stand_in))
    }

    fn beside(endpoint: &Endpoint, config: Config, stand_in: Option<StandIn>) -> Result<Self, StartError> {
        let (hub, client) = (endpoint.hub(), Client::new());
        let mut sources = Vec::new();
        for (place, card) in config.cards.iter().enumerate() {
            let id = id(card, place);
            let read = |name: &Option<TokenName>| token(card, name.as_ref());
            match card {
                Card::Clock(_) | Card::Countdown(_) => {}
                Card::Repository(card) => {
                    let source = Source::repository(client.clone(), card, read(&card.token_env)?);
                    sources.push(asked(&hub, &id, source, card.every.0)?);
                }
                Card::Json(card) => {
                    let source = Source::json(client.clone(), card, read(&card.token_env)?);
                    sources.push(asked(&hub, &id, source, card.every.0)?);
                }
                Card::Stream(card) => {
                    let stream = Stream::new(client.clone(), card, read(&card.token_env)?);
                    let (following, topics) = (follow(&hub, &id, stream)?, Topics::of(&hub, &id)?);
                    sources.push(Running::Followed { _following: following, _topics: topics });
                }
            }
        }
        tracing::info!(cards = config.cards.len(), sources = sources.len(), "the dashboard has started");
        Ok(Dashboard(Arc::new(Board { config, sources, _stand_in: stand_in })))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// The cards, as they are for a viewer in this time zone.
    pub(crate) fn cards(&self, zone: Option<&Zone>) -> Vec<Shown> {
        let config = &self.0.config;
        let zone = zone.unwrap_or(&config.time_zone);
        config.cards.iter().enumerate().map(|(place, card)| shown(config, place, card, zone)).collect()
    }
}

impl std::fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sources = self.0.sources.len();
        f.debug_struct("Dashboard").field("config", &self.0.config).field("sources", &sources).finish()
    }
}

/// Every page can find it.
impl MountHook for Dashboard {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.clone());
        Ok(())
    }
}

/// A card of a page.
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    /// Whether it goes by the viewer's time zone.
    pub(crate) is_local: bool,
    pub(crate) view: Html,
}

fn asked(hub: &Hub, id: &str, source: Source, every: Duration) -> Result<Running, StartError> {
    let topic = figures(hub, id)?;
    Ok(Running::Asked { _poller: source.poll(hub, &topic, every), _topic: topic })
}

fn token(card: &Card, name: Option<&TokenName>) -> Result<Option<Token>, StartError> {
    let token = name.map(Token::read).transpose();
    token.map_err(|source| StartError::Token { card: title(card), source })
}

/// Unique in the page: the kind, and which of the cards it is.
fn id(card: &Card, place: usize) -> String {
    format!("{}-{}", card.kind(), place + 1)
}

fn title(card: &Card) -> String {
    let (title, otherwise) = match card {
        Card::Clock(card) => (&card.title, "Time"),
        Card::Countdown(card) => (&card.title, "Countdown"),
        Card::Repository(card) => (&card.title, card.repository.0.as_str()),
        Card::Json(card) => (&card.title, "Figures"),
        Card::Stream(card) => (&card.title, "Stream"),
    };
    title.as_ref().map_or(otherwise, |Title(title)| title).to_owned()
}

fn shown(config: &Config, place: usize, card: &Card, zone: &Zone) -> Shown {
    let (id, kind, title, may_crash) = (id(card, place), card.kind(), title(card), config.allow_crash);
    let source = id.clone();
    let shown = |id: String, view: Html, is_local| Shown { id, kind, is_local, view };
    match card {
        Card::Clock(card) => {
            let zone = card.time_zone.as_ref().unwrap_or(zone);
            // Another zone is another view, and so it needs another id.
            let id = format!("{id}-{}", zone.name().replace('/', "-"));
            let settings = ClockSettings { zone: zone.clone(), hours: card.hours };
            let face = Face { id: id.clone(), title, may_crash, settings };
            shown(id, html! { {slot::<Clock>(&face)} }, card.time_zone.is_none())
        }
        Card::Countdown(card) => {
            let then = card.then.0.0.clone();
            let settings = CountdownSettings { until: card.until, zone: card.time_zone.clone(), then };
            let face = Face { id: id.clone(), title, may_crash, settings };
            shown(id, html! { {slot::<Countdown>(&face)} }, false)
        }
        Card::Repository(RepositoryCard { every, .. }) | Card::Json(JsonCard { every, .. }) => {
            let every = every.0;
            let face = Face { id: id.clone(), title, may_crash, settings: FiguresSettings { source, every } };
            shown(id, html! { {slot::<FiguresCard>(&face)} }, false)
        }
        Card::Stream(card) => {
            let term = card.term.as_ref().map(|Title(term)| term.clone());
            let settings = FeedSettings { stream: source, term, per_second: card.per_second.0 };
            let face = Face { id: id.clone(), title, may_crash, settings };
            shown(id, html! { {slot::<Feed>(&face)} }, false)
        }
    }
}
