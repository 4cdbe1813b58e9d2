//! A search that takes its time. It runs in the background: the page stays awake, and a late answer to an early question
//! never overwrites the answer to the last one.

use std::time::Duration;

use firecrest::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tokio::time::sleep;

use crate::birds::{BIRDS, Bird};

/// What one may ask for.
const WORDS: [&str; 5] = ["crest", "tit", "winter", "a", "dodo"];

/// Most letters of a question.
const LONGEST: usize = 40;

/// How long the archive takes for a question of one letter; for longer ones it knows better where to look.
const SLOWEST: Duration = Duration::from_millis(2_400);

pub(crate) struct Search {
    question: String,
    hits: Async<Vec<&'static Bird>>,
    asked: u32,
    /// Questions that another one was asked before the answer to.
    overtaken: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    q: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchEvent {
    Ask { q: String },
    Again,
    Cancel,
}

impl LiveView for Search {
    type Event = SearchEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Search { question: String::new(), hits: Async::ok(Vec::new()), asked: 0, overtaken: 0 })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        let Query { q } = cx.parse_params().unwrap_or_default();
        let question = shortened(&q).trim();
        if question != self.question {
            question.clone_into(&mut self.question);
            self.ask(cx);
        }
        Outcome::Render
    }

    async fn handle_event(&mut self, event: SearchEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            SearchEvent::Ask { q } => cx.replace_patch(path(shortened(&q))),
            SearchEvent::Again => self.ask(cx),
            SearchEvent::Cancel => drop(self.hits.cancel()),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="search" class="search" role="search" phx-change="ask" phx-submit="ask">
                <label for="q">"What do you want to know of?"</label>
                <input type="search" id="q" name="q" value={&self.question} maxlength={LONGEST} autocomplete="off"
                    placeholder="A bird, or something about one">
                <p class="row">
                    "Try " for word in WORDS { <a class="button quiet" {..link::patch(path(word))}>{word}</a> }
                </p>
            </form>
            <section class="card archive" aria-label="Answer" aria-busy={self.hits.is_loading().then_some("true")}>
                <div class="split">
                    <p id="answer" role="status">{self.status()}</p>
                    if self.hits.is_loading() {
                        <button type="button" class="quiet" phx-click="cancel">"Cancel"</button>
                    } else if self.hits.error().is_some() {
                        <button type="button" class="quiet" phx-click="again">"Ask again"</button>
                    }
                </div>
                match self.hits.value() {
                    Some(birds) => { <ol class="hits">for bird in birds, key = bird.name { {self.hit(bird)} }</ol> }
                    None => { <ol class="hits bones" aria-hidden="true"><li></li><li></li><li></li></ol> }
                }
            </section>
            <p class="split quiet-text">
                <span id="asked">{self.asked} " asked, " {self.overtaken} " overtaken by a later question"</span>
                <output id="wire" phx-hook="WireMeter" phx-update="ignore"></output>
            </p>
        }
    }
}

impl Search {
    /// Asks the archive. A question that it has not answered yet is forgotten.
    fn ask(&mut self, cx: &mut View<'_>) {
        self.overtaken += u32::from(self.hits.is_loading());
        if self.question.is_empty() {
            self.hits = Async::ok(Vec::new());
            return;
        }
        self.asked += 1;
        let answer = look_for(self.question.to_lowercase());
        if self.hits.value().is_some_and(|birds| !birds.is_empty()) {
            cx.reload(&mut self.hits, answer);
        } else {
            self.hits = cx.load(answer);
        }
    }

    fn status(&self) -> String {
        let question = &self.question;
        match self.hits.state() {
            AsyncState::Loading(_) => format!("Looking for “{question}” …"),
            AsyncState::Failed(error, _) => format!("Nothing about “{question}”: {error}."),
            AsyncState::Ok(_) if question.is_empty() => "The archive waits for your question.".to_owned(),
            AsyncState::Ok(birds) => format!("{} of {} birds for “{question}”", birds.len(), BIRDS.len()),
        }
    }

    fn hit(&self, bird: &Bird) -> Html {
        html! {
            <li>
                <h2>{self.marked(bird.name)} " " <small><i>{self.marked(bird.latin)}</i></small></h2>
                <p>{self.marked(bird.about)}</p>
            </li>
        }
    }

    /// A text in which what was asked for stands out.
    fn marked<'t>(&self, text: &'t str) -> Html {
        let question = self.question.to_lowercase();
        let (mut parts, mut rest): (Vec<(&'t str, &'t str)>, &'t str) = (Vec::new(), text);
        while let Some((before, found, after)) = split(rest, &question) {
            parts.push((before, found));
            rest = after;
        }
        html! { for (before, found) in parts { {before}<mark>{found}</mark> } {rest} }
    }
}

/// A text around the first place where the question stands in it; the texts here are ASCII.
fn split<'t>(text: &'t str, question: &str) -> Option<(&'t str, &'t str, &'t str)> {
    let at = text.to_lowercase().find(question).filter(|_| !question.is_empty())?;
    let (before, rest) = text.split_at_checked(at)?;
    let (found, after) = rest.split_at_checked(question.len())?;
    Some((before, found, after))
}

/// What the archive knows. The shorter the question, the longer it takes.
async fn look_for(question: String) -> Result<Vec<&'static Bird>, &'static str> {
    sleep(SLOWEST / question.chars().count().try_into().unwrap_or(1)).await;
    if question == "dodo" {
        return Err("the page has been torn out");
    }
    let knows = |text: &str| text.to_lowercase().contains(&question);
    Ok(BIRDS.iter().filter(|bird| [bird.name, bird.latin, bird.about].into_iter().any(knows)).collect())
}

/// As much of a question as the archive reads.
fn shortened(question: &str) -> &str {
    question.char_indices().nth(LONGEST).map_or(question, |(end, _)| &question[..end])
}

fn path(question: &str) -> String {
    match question.trim() {
        "" => "/live-demo/search".to_owned(),
        question => format!("/live-demo/search?q={}", utf8_percent_encode(question, NON_ALPHANUMERIC)),
    }
}
