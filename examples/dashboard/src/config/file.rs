//! The file, table by table.

use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;
use toml::Spanned;

use super::values::{EndText, Every, Moment, PerSecond, Title};
use super::web::RepositoryName;
use super::{ConfigError, Format, Hours, Pointer, TokenName, WebUrl, Zone};

/// Most cards of a page.
const MAX_CARDS: usize = 50;

/// Most figures of a card.
const MAX_FIGURES: usize = 12;

/// The page that is shown when no file is given.
const DEMO: &str = include_str!("../../demo.toml");

/// What stands for the stand-in's address there.
const STAND_IN: &str = "http://stand-in";

/// Which cards there are, in their order.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) title: String,
    /// That of viewers whose browser names none.
    pub(crate) time_zone: Zone,
    /// Whether a card crashes when its page says so.
    pub(crate) allow_crash: bool,
    pub(crate) cards: Vec<Card>,
    /// The text, when everybody may read it.
    pub(crate) source: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Card {
    Clock(ClockCard),
    Countdown(CountdownCard),
    Repository(RepositoryCard),
    Json(JsonCard),
    Stream(StreamCard),
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Option<Title>,
    #[serde(default)]
    time_zone: Zone,
    #[serde(default)]
    allow_crash: bool,
    #[serde(default)]
    clock: Vec<Spanned<ClockCard>>,
    #[serde(default)]
    countdown: Vec<Spanned<CountdownTable>>,
    #[serde(default)]
    repository: Vec<Spanned<RepositoryCard>>,
    #[serde(default)]
    json: Vec<Spanned<JsonCard>>,
    #[serde(default)]
    stream: Vec<Spanned<StreamCard>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockCard {
    pub(crate) title: Option<Title>,
    /// The same for everybody; without it each viewer's own.
    pub(crate) time_zone: Option<Zone>,
    #[serde(default)]
    pub(crate) hours: Hours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountdownTable {
    title: Option<Title>,
    until: Spanned<Moment>,
    time_zone: Option<Zone>,
    #[serde(default)]
    then: EndText,
}

#[derive(Clone, Debug)]
pub(crate) struct CountdownCard {
    pub(crate) title: Option<Title>,
    pub(crate) until: Timestamp,
    pub(crate) time_zone: Zone,
    /// What is shown when it is over.
    pub(crate) then: EndText,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepositoryCard {
    pub(crate) title: Option<Title>,
    pub(crate) repository: RepositoryName,
    #[serde(default = "WebUrl::github")]
    pub(crate) base_url: WebUrl,
    #[serde(default)]
    pub(crate) every: Every,
    pub(crate) token_env: Option<TokenName>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonCard {
    pub(crate) title: Option<Title>,
    pub(crate) url: WebUrl,
    pub(crate) figures: Vec<FigureSettings>,
    #[serde(default)]
    pub(crate) every: Every,
    pub(crate) token_env: Option<TokenName>,
}

/// One number of a `json` card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FigureSettings {
    pub(crate) label: Title,
    pub(crate) pointer: Pointer,
    #[serde(default)]
    pub(crate) format: Format,
    pub(crate) unit: Option<Title>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamCard {
    pub(crate) title: Option<Title>,
    pub(crate) url: WebUrl,
    /// Only items that contain it, in whatever case; without it all.
    pub(crate) term: Option<Title>,
    /// Only events of this name; without it all.
    pub(crate) event: Option<Title>,
    /// Where an item's text is in its JSON; without it the data is the text.
    pub(crate) text: Option<Pointer>,
    /// Where its address is.
    pub(crate) link: Option<Pointer>,
    /// Most items a second that are shown.
    #[serde(default)]
    pub(crate) per_second: PerSecond,
    pub(crate) token_env: Option<TokenName>,
}

impl Config {
    /// Reads a file. Where there is a [stand-in](crate::standin), `http://stand-in` in it is that one's address.
    ///
    /// # Errors
    /// When it cannot be read, or says something that it must not.
    pub fn read(file: impl AsRef<Path>, stand_in: Option<SocketAddr>) -> Result<Self, ConfigError> {
        let path = file.as_ref();
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let text = stand_in.map_or(text.clone(), |address| beside(&text, address));
        text.parse().map_err(|error: ConfigError| error.of(path))
    }

    /// The page that is shown when no file is given; what its cards ask is at this address.
    pub fn demo(stand_in: SocketAddr) -> Self {
        let config: Config = beside(DEMO, stand_in).parse().expect("a test reads it");
        Config { source: Some(DEMO), ..config }
    }
}

fn beside(text: &str, stand_in: SocketAddr) -> String {
    text.replace(STAND_IN, &format!("http://{stand_in}"))
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| ConfigError::parse(text, &error))?;
        file.config(text)
    }
}

impl File {
    fn config(self, text: &str) -> Result<Config, ConfigError> {
        let mut cards = Vec::new();
        cards.extend(self.clock.into_iter().map(|card| placed(card, Card::Clock)));
        for table in self.countdown {
            let at = table.span().start;
            cards.push((at, Card::Countdown(table.into_inner().card(&self.time_zone, text)?)));
        }
        cards.extend(self.repository.into_iter().map(|card| placed(card, Card::Repository)));
        cards.extend(self.json.into_iter().map(|card| placed(card, Card::Json)));
        cards.extend(self.stream.into_iter().map(|card| placed(card, Card::Stream)));
        cards.sort_by_key(|(at, _)| *at);
        for (number, (at, card)) in cards.iter().enumerate() {
            if number >= MAX_CARDS {
                return Err(ConfigError::new(text, *at, format!("more than {MAX_CARDS} cards")));
            }
            card.check().map_err(|message| ConfigError::new(text, *at, message))?;
        }
        Ok(Config {
            title: self.title.map_or_else(|| "Dashboard".to_owned(), |title| title.0),
            time_zone: self.time_zone,
            allow_crash: self.allow_crash,
            cards: cards.into_iter().map(|(_, card)| card).collect(),
            source: None,
        })
    }
}

fn placed<T>(table: Spanned<T>, card: fn(T) -> Card) -> (usize, Card) {
    (table.span().start, card(table.into_inner()))
}

impl CountdownTable {
    fn card(self, default: &Zone, text: &str) -> Result<CountdownCard, ConfigError> {
        let time_zone = self.time_zone.unwrap_or_else(|| default.clone());
        let at = self.until.span().start;
        let until = self.until.into_inner().instant(&time_zone);
        let until = until.map_err(|error| ConfigError::new(text, at, error.to_string()))?;
        Ok(CountdownCard { title: self.title, until, time_zone, then: self.then })
    }
}

impl Card {
    /// The name of its table.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Card::Clock(_) => "clock",
            Card::Countdown(_) => "countdown",
            Card::Repository(_) => "repository",
            Card::Json(_) => "json",
            Card::Stream(_) => "stream",
        }
    }

    /// What no key can say alone.
    fn check(&self) -> Result<(), String> {
        let (url, token) = match self {
            Card::Clock(_) | Card::Countdown(_) => return Ok(()),
            Card::Repository(card) => (&card.base_url, &card.token_env),
            Card::Json(card) => (&card.url, &card.token_env),
            Card::Stream(card) => (&card.url, &card.token_env),
        };
        if token.is_some() && !url.is_confidential() {
            return Err("a token is sent by https only, or to this machine".to_owned());
        }
        match self {
            Card::Json(card) if card.figures.is_empty() => {
                Err("`figures` is empty: nothing to show".to_owned())
            }
            Card::Json(card) if card.figures.len() > MAX_FIGURES => {
                Err(format!("more than {MAX_FIGURES} figures"))
            }
            Card::Stream(card) if card.link.is_some() && card.text.is_none() => {
                Err("`link` needs `text`: without it the data is the text, and no JSON".to_owned())
            }
            _ => Ok(()),
        }
    }
}
