//! A page in the visitor's browser, with its socket and its views.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use firecrest::live::Replica;
use firecrest::wire::{Payload, Ref, Text};
use serde_json::Value;

use super::components::Components;
use super::dom::{Document, has_attr};
use super::failure::Failure;
use super::files::Chosen;
use super::form::Typed;
use super::http::Loaded;
use super::mounted::Mounted;
use super::redirect::Redirect;
use super::{TestBrowser, address};
use crate::client::Client;
use crate::settle;

/// How long the client waits for an answer before it loads the page anew (spec §2.7).
const ANSWER: Duration = Duration::from_secs(30);

/// Most rounds in which views that have been joined show views to join.
pub(super) const MAX_ROUNDS: usize = 50;

pub(super) struct Tab {
    pub(super) browser: TestBrowser,
    pub(super) document: Document,
    /// Path, query and fragment.
    pub(super) address: String,
    /// None when no view was ever joined.
    pub(super) client: Option<Arc<Client>>,
    pub(super) views: Vec<View>,
    /// What has not been answered yet.
    pub(super) asked: Vec<Asked>,
    pub(super) typed: Typed,
    /// The files that the visitor has chosen.
    pub(super) files: Vec<Chosen>,
    /// The number of the next file.
    pub(super) next_file: u64,
    pub(super) news: News,
    pub(super) mounted: Mounted,
    /// Whether the page has changed since it was checked.
    pub(super) is_new: bool,
    pub(super) wait: Duration,
}

/// A view of the page.
pub(super) struct View {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) join_ref: Ref,
    pub(super) replica: Replica,
    pub(super) components: Components,
    /// How often it was joined.
    pub(super) mounts: u64,
    /// The full address that the page has navigated to.
    pub(super) redirect: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Joining,
    Joined,
    /// The client will join it again.
    Crashed,
    /// It was not joined, or has ended, and stays like that.
    Ended,
}

/// A message that awaits its answer.
pub(super) struct Asked {
    pub(super) reference: Ref,
    pub(super) id: String,
    pub(super) about: About,
}

#[derive(Clone)]
pub(super) enum About {
    Join,
    /// The answer is not awaited.
    Leave,
    Event(String),
    /// Which files may be sent.
    Preflight,
    /// Said to the channel of a file.
    File,
    /// Components are about to vanish.
    WillDestroy(Vec<u64>),
    /// Components have vanished.
    Destroyed,
    /// To this address; `counts` when a test may expect it.
    Patch {
        to: String,
        counts: bool,
    },
}

/// What has happened, and no assertion has taken yet.
#[derive(Default)]
pub(super) struct News {
    pub(super) events: VecDeque<(String, Value)>,
    /// Addresses, as the server has written them.
    pub(super) patches: VecDeque<String>,
    /// What the last event was answered.
    pub(super) reply: Option<Value>,
    /// The status and the answer to what was last said of a file.
    pub(super) file_answer: Option<(String, Value)>,
    /// Where the page has gone.
    pub(super) gone: Option<Redirect>,
    /// A view that was not joined, and the answer.
    pub(super) refused: Option<(String, Value)>,
    /// What was said of a crash.
    pub(super) crash: Option<String>,
    pub(super) may_crash: bool,
}

impl View {
    pub(super) fn new(id: &str) -> Self {
        View {
            id: id.to_owned(),
            state: State::Joining,
            join_ref: Ref::null(),
            replica: Replica::new(),
            components: Components::default(),
            mounts: 0,
            redirect: None,
        }
    }

    pub(super) fn topic(&self) -> String {
        format!("lv:{}", self.id)
    }
}

impl Tab {
    pub(super) fn new(browser: &TestBrowser, loaded: Loaded) -> Self {
        Tab {
            browser: browser.clone(),
            document: Document::parse(&loaded.html),
            address: loaded.address,
            client: None,
            views: Vec::new(),
            asked: Vec::new(),
            typed: Typed::default(),
            files: Vec::new(),
            next_file: 0,
            news: News::default(),
            mounted: Mounted::default(),
            is_new: true,
            wait: browser.wait,
        }
    }

    /// Which view of the list has this id.
    pub(super) fn view(&self, id: &str) -> Option<usize> {
        self.views.iter().position(|view| view.id == id)
    }

    /// The view that owns the address, if the page has one.
    pub(super) fn main(&self) -> Option<usize> {
        let mut containers = self.document.views();
        self.view(containers.find(|container| has_attr(*container, "data-phx-main"))?.attr("id")?)
    }

    /// A view that can be spoken to.
    pub(super) fn speaking(&self, at: usize) -> Result<&View, Failure> {
        if let Some(gone) = &self.news.gone {
            let to = gone.address();
            return Err(Failure::new(format!(
                "the page has gone to {to:?}: `follow_redirect` takes the test there"
            )));
        }
        let view = &self.views[at];
        let why = match view.state {
            State::Joined => return Ok(view),
            State::Joining => "is not joined yet",
            State::Crashed => "has crashed: `rejoin` brings it back",
            State::Ended => "has ended",
        };
        Err(Failure::new(format!("the view {:?} {why}", view.id)))
    }

    /// Says something to a view's channel.
    pub(super) async fn send(
        &mut self,
        at: usize,
        event: &str,
        payload: &Value,
        about: About,
    ) -> Result<(), Failure> {
        let Some(client) = self.client.clone() else {
            return Err(Failure::new("the page has no socket"));
        };
        if let Some(code) = client.inbox.closed() {
            let code = code.as_u16();
            return Err(Failure::new(format!(
                "the socket was closed with {code}: `reconnect` opens it again"
            )));
        }
        let (view, payload) = (&self.views[at], Payload::Json(Text::from(payload.to_string())));
        let join_ref = if matches!(about, About::Join) { None } else { Some(&view.join_ref) };
        let reference = client.send(ANSWER, join_ref, &view.topic(), event, payload).await;
        let id = view.id.clone();
        if matches!(about, About::Join) {
            self.views[at].join_ref = reference.clone();
            self.views[at].state = State::Joining;
        }
        if !matches!(about, About::Leave) {
            self.asked.push(Asked { reference, id, about });
        }
        Ok(())
    }

    /// Says something to the channel of a file; the view is the one that takes it.
    pub(super) async fn send_file_message(
        &mut self,
        at: usize,
        file: &str,
        join_ref: Option<&Ref>,
        event: &str,
        payload: Payload,
    ) -> Result<Ref, Failure> {
        let Some(client) = self.client.clone().filter(|client| client.inbox.closed().is_none()) else {
            return Err(Failure::new("the page has no open socket"));
        };
        let reference = client.send(ANSWER, join_ref, &format!("lvu:{file}"), event, payload).await;
        let id = self.views[at].id.clone();
        self.asked.push(Asked { reference: reference.clone(), id, about: About::File });
        Ok(reference)
    }

    /// Waits for all answers, and until nothing more happens by itself.
    pub(super) async fn answered(&mut self) -> Result<(), Failure> {
        self.all_answers().await?;
        self.calm().await
    }

    /// Waits for all answers.
    pub(super) async fn all_answers(&mut self) -> Result<(), Failure> {
        let none_left = |tab: &mut Tab| tab.asked.is_empty().then_some(());
        if self.until(ANSWER, none_left).await?.is_some() {
            return Ok(());
        }
        let asked: Vec<_> =
            self.asked.iter().map(|asked| format!("{} of {:?}", asked.about, asked.id)).collect();
        let asked = asked.join(", ");
        Err(Failure::new(match self.client.as_ref().and_then(|client| client.inbox.closed()) {
            Some(code) => {
                format!("the socket was closed with {} before the answer to {asked}", code.as_u16())
            }
            None => format!("no answer within {} s to {asked}", ANSWER.as_secs()),
        }))
    }

    /// Waits until nothing happens by itself any more: what is shown is joined, what is not shown any more is left.
    pub(super) async fn calm(&mut self) -> Result<(), Failure> {
        for _ in 0..MAX_ROUNDS {
            settle().await;
            self.catch_up()?;
            if !self.follow_up().await? {
                return Ok(());
            }
            self.all_answers().await?;
        }
        Err(Failure::new("views show ever more views to join"))
    }

    /// Waits until this is so, for this time or until nothing more can be heard.
    pub(super) async fn until<T>(
        &mut self,
        wait: Duration,
        mut done: impl FnMut(&mut Tab) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let client = self.client.clone();
        let waiting = async {
            loop {
                self.catch_up()?;
                if let Some(result) = done(self) {
                    return Ok(Some(result));
                }
                let Some(client) = &client else { return Ok(None) };
                let Some(heard) = client.inbox.next().await else { return Ok(None) };
                self.hear(&heard)?;
            }
        };
        tokio::time::timeout(wait, waiting).await.unwrap_or(Ok(None))
    }

    /// Takes in what has been heard.
    pub(super) fn catch_up(&mut self) -> Result<(), Failure> {
        while let Some(heard) = self.client.as_ref().and_then(|client| client.inbox.try_next()) {
            self.hear(&heard)?;
        }
        if !self.news.may_crash
            && let Some(crash) = self.news.crash.take()
        {
            return Err(Failure::new(crash));
        }
        if std::mem::take(&mut self.is_new) {
            self.browser.checks.check(&self.document)?;
        }
        Ok(())
    }

    /// The address of the page, as a browser's address line has it.
    pub(super) fn full_address(&self) -> String {
        address::full(&self.address)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Join => f.write_str("the join"),
            About::Leave => f.write_str("the leave"),
            About::Event(name) => write!(f, "the event {name:?}"),
            About::Preflight => f.write_str("the files to send"),
            About::File => f.write_str("a file"),
            About::WillDestroy(_) | About::Destroyed => f.write_str("what was said of components"),
            About::Patch { to, .. } => write!(f, "the patch to {to:?}"),
        }
    }
}

impl Drop for Tab {
    /// A crash that nobody has looked at fails the test (T62).
    fn drop(&mut self) {
        if !std::thread::panicking()
            && let Err(Failure(text)) = self.catch_up()
        {
            panic!("{text}");
        }
    }
}
