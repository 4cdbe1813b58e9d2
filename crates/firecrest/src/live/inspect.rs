//! Looking into the live views of this node while they run (F089).

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::info::LiveInfo;
use super::kind::Kind;
use super::own::OwnView;
use super::page::Page;
use super::table::Route;
use crate::Endpoint;
use crate::channel::{CallError, ChannelHandle, Shared, call};
use crate::connection::Transport;
use crate::telemetry::Panic;

/// How long a view may take to show itself: as long as its callback takes that runs now, but not longer than a second.
const WAIT: Duration = Duration::from_secs(1);

/// How much of a state is shown, in bytes.
const MAX_STATE: usize = 16 * 1_024;

/// A live view of this node, as a list names it: nothing that one visitor alone knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveViewInfo {
    /// By which [`Endpoint::look_into`] finds it.
    pub key: ViewKey,
    /// The id of its container in the page. That of a shared view is the same for everybody.
    pub id: String,
    /// Its type.
    pub view: &'static str,
    /// The path of its route, as the application wrote it; that of the page for a shared view, or what it was given inside another. Nothing
    /// for a view that no route leads to.
    pub path: Option<String>,
    /// Since when it is joined, or a shared view runs.
    pub since: SystemTime,
    /// How its client is connected; nothing for a shared view, which has many.
    pub transport: Option<Transport>,
    /// How many clients look at it.
    pub viewers: usize,
}

/// Which live view of this node. One that has ended is never another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ViewKey(Whose);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Own(u64),
    Shared(u64),
}

/// What a live view shows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Insight {
    /// How many components it has.
    pub components: usize,
    /// What its type lets [see](super::LiveView::inspect) of its state, at most 16 KiB of it.
    pub state: Option<String>,
}

/// Why a view does not show itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// It has ended, or never was.
    #[error("there is no such view")]
    Gone,
    /// It has not answered within a second: a callback takes long, or it has much to do.
    #[error("the view is busy")]
    Busy,
}

/// The same, on its way from the view.
pub(super) type Look = Insight;

impl Insight {
    pub(super) fn at(state: Option<&dyn fmt::Debug>, components: usize) -> Self {
        Insight { components, state: state.map(shown) }
    }
}

impl Endpoint {
    /// The live views of this node, at most so many, in no order: those that are joined, and shared ones. None unless a mount lets its views
    /// be [looked into](super::LiveMount::inspect). It takes a lock for as long as it takes to go through them.
    pub fn live_views(&self, most: usize) -> Vec<LiveViewInfo> {
        let live = self.live_table();
        let Some(views) = live.settings.views() else { return Vec::new() };
        let mut list = views.list(most);
        for stage in live.stages.all(most - list.len()) {
            list.push(LiveViewInfo {
                key: ViewKey(Whose::Shared(stage.number())),
                id: stage.id(),
                view: (stage.kind().name)(),
                path: Some(stage.name().to_owned()),
                since: stage.since(),
                transport: None,
                viewers: stage.count(),
            });
        }
        list
    }

    /// Asks a live view to show itself. It is answered between two callbacks.
    ///
    /// # Errors
    /// When it has ended, or is busy.
    pub async fn look_into(&self, key: ViewKey) -> Result<Insight, LookError> {
        let live = self.live_table();
        let asked = match key.0 {
            Whose::Own(number) => {
                let channel = live.settings.views().and_then(|views| views.channel(number));
                let channel = ChannelHandle::new(channel.ok_or(LookError::Gone)?);
                call(Some(WAIT), LiveInfo::Look, |info| channel.send(info)).await
            }
            Whose::Shared(number) => {
                let stages = live.stages.all(usize::MAX);
                let stage = stages.into_iter().find(|stage| stage.number() == number);
                let stage = stage.ok_or(LookError::Gone)?;
                call(Some(WAIT), |answer| answer, |answer| stage.ask(answer)).await
            }
        };
        asked.map_err(|error| match error {
            CallError::Gone | CallError::Dropped => LookError::Gone,
            CallError::Full | CallError::TimedOut => LookError::Busy,
        })
    }
}

impl OwnView {
    pub(super) fn look(&self) -> Look {
        let components = self.page.components.as_ref().map_or(0, |components| components.roster.len());
        Look::at(self.view.inspect(), components)
    }
}

impl Page {
    /// Enters the joined view among those that can be looked into, if they can.
    pub(super) fn list(&mut self, channel: &Arc<Shared>) {
        let Some(views) = self.endpoint.live_table().settings.views() else { return };
        let uri = self.address.as_ref().map(|address| address.uri.as_str());
        let session = self.visit.live_session.as_deref();
        let route = uri.and_then(|uri| self.endpoint.live_table().route(session, uri));
        let entry = Entry { channel: Arc::clone(channel), kind: self.kind, route, since: SystemTime::now() };
        self.rare.get_or_insert_default().listing = Some(views.enter(entry));
    }
}

/// The joined views of a node.
#[derive(Default)]
pub(super) struct Views {
    entries: Mutex<HashMap<u64, Entry>>,
    next: AtomicU64,
}

struct Entry {
    channel: Arc<Shared>,
    kind: &'static Kind,
    route: Option<Arc<Route>>,
    since: SystemTime,
}

/// A view's place among them; given up when dropped.
pub(super) struct Listing {
    views: Arc<Views>,
    number: u64,
}

impl Views {
    fn enter(self: &Arc<Self>, entry: Entry) -> Listing {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.entries().insert(number, entry);
        Listing { views: Arc::clone(self), number }
    }

    fn list(&self, most: usize) -> Vec<LiveViewInfo> {
        let entries = self.entries();
        let infos = entries.iter().take(most).map(|(number, entry)| LiveViewInfo {
            key: ViewKey(Whose::Own(*number)),
            id: entry.channel.topic.strip_prefix("lv:").unwrap_or_default().to_owned(),
            view: (entry.kind.name)(),
            path: entry.route.as_ref().map(|route| route.pattern.clone()),
            since: entry.since,
            transport: Some(entry.channel.connection.transport),
            viewers: 1,
        });
        infos.collect()
    }

    fn channel(&self, number: u64) -> Option<Arc<Shared>> {
        self.entries().get(&number).map(|entry| Arc::clone(&entry.channel))
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Views {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").field("len", &self.entries().len()).finish()
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        let mut entries = self.views.entries();
        let gone = entries.remove(&self.number);
        if entries.capacity() > 4 * entries.len() + 64 {
            entries.shrink_to_fit();
        }
        drop(entries);
        drop(gone);
    }
}

/// A state in words, as many as fit. Showing it is the application's code: a panic there is no reason to end the view.
fn shown(state: &dyn fmt::Debug) -> String {
    let mut out = Bounded(String::new());
    let written = catch_unwind(AssertUnwindSafe(|| write!(out, "{state:#?}")));
    match written {
        Ok(Ok(())) => out.0,
        Ok(Err(_)) => out.0 + " …",
        Err(panic) => format!("showing it has panicked: {}", Panic::new(panic)),
    }
}

/// Text that takes no more than it may.
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_STATE - self.0.len();
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(&text[..text.floor_char_boundary(room)]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Odd;

    impl fmt::Debug for Odd {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no words")
        }
    }

    #[test]
    fn f089_a_state_is_shown_up_to_a_bound_and_whatever_it_does() {
        assert_eq!(shown(&vec![1]), "[\n    1,\n]");
        let long = shown(&"ä".repeat(MAX_STATE));
        assert!(long.ends_with(" …") && long.len() <= MAX_STATE + " …".len(), "{}", long.len());
        assert!(shown(&Odd).contains("no words"));
    }
}
