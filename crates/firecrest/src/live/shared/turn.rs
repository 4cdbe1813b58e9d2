//! One turn of a shared view: a callback, and what it wants.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use firecrest_live::{Child, Members};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};

use super::Viewer;
use super::context::Ties;
use super::kind::{Said, State};
use super::mail::Letter;
use super::roster::Move;
use super::sight::Sight;
use super::stage::{Event, Stage};
use super::task::{End, Task};
use crate::channel::{DeferredReply, Outcome, Reply, Stop};
use crate::live::component;
use crate::live::inspect::Look;
use crate::live::mount::Problem;
use crate::live::nested::{InShared, NestedView};
use crate::live::turn::answer_with;
use crate::live::{Flash, LayoutContext};
use crate::telemetry::Panic;

/// Most viewers that the state is told of, and most letters that it reads, before something is shown.
const MAX_MOVES: usize = 256;
const MAX_MAIL: usize = 1_024;

/// An event's answer that is due.
pub(super) struct Answer {
    pub(super) answer: DeferredReply,
    pub(super) reply: Reply,
}

impl Task {
    /// A new state. The error is why there is none.
    pub(super) async fn make(stage: &Arc<Stage>) -> Result<(Box<dyn State>, Ties), Problem> {
        let mut ties = Ties::new(Arc::clone(stage));
        let start = stage.shared.start;
        let begun = Instant::now();
        // The future itself may be made by code that panics.
        let started = AssertUnwindSafe(async { start(&mut ties).await }).catch_unwind().await;
        let state = match started {
            Ok(Ok(state)) => {
                stage.meters.mount.record_time(begun.elapsed());
                state
            }
            Ok(Err(error)) => return Err(*error.0),
            Err(panic) => return Err(Problem::Crashed(Panic::new(panic).to_string())),
        };
        match ties.failed.take() {
            Some(error) => Err(Problem::Crashed(error)),
            None => Ok((state, ties)),
        }
    }

    /// The state as it looks now.
    pub(super) fn render(stage: &Stage, state: &dyn State) -> Result<Arc<Sight>, String> {
        let render = || {
            let (title, html) = (state.title(), state.render());
            let Some(layout) = stage.layout else { return Sight::new(html, title) };
            let flash = Flash::default();
            let context = LayoutContext {
                flash: &flash,
                title: title.as_deref(),
                uri: &stage.key.name,
                base: stage.live_session.as_ref().map_or("", |session| &session.base),
                connected: true,
            };
            let html = layout(&context, &html);
            Sight::new(html, title)
        };
        let begun = Instant::now();
        let sight = catch_unwind(AssertUnwindSafe(render)).map_err(|panic| Panic::new(panic).to_string())?;
        stage.meters.render.record_time(begun.elapsed());
        if let Some(call) = sight.html.calls().first() {
            return Err(component::InShared(call.id().to_owned()).to_string());
        }
        // What stays is nobody's own in the page: only a page's view has it, in its layout.
        let may_stick = stage.key.live_session.is_some();
        let stays = |child: &&Child| may_stick && NestedView::is_sticky(child);
        match sight.html.children().iter().find(|child| !stays(child)) {
            Some(child) => Err(InShared(child.id.clone()).to_string()),
            None => Ok(Arc::new(sight)),
        }
    }

    /// Tells the state who has come and who has gone.
    pub(super) async fn notice_viewers(&mut self) -> Result<(), End> {
        for _ in 0..MAX_MOVES {
            // A statement of its own: nothing may be locked while the state is told.
            let next = self.stage.roster().next_move();
            match next {
                Some(Move::Came(viewer)) => self.call(|state, ties| state.handle_join(viewer, ties)).await?,
                Some(Move::Went(viewer)) => self.call(|state, ties| state.handle_leave(viewer, ties)).await?,
                None => return Ok(()),
            };
        }
        // The rest after something was shown.
        self.stage.news.notify_one();
        Ok(())
    }

    /// Handles infos and broadcasts that have come, up to a bound.
    pub(super) async fn read_mail(&mut self) -> Result<(), End> {
        for _ in 0..MAX_MAIL {
            let letter = self.stage.mail.next().map_err(|overrun| End::crash(overrun.to_string()))?;
            match letter {
                Some(Letter::Info(info)) => self.info(info).await?,
                Some(Letter::Broadcast(broadcast)) => {
                    let told = self.call(|state, ties| state.handle_broadcast(broadcast, ties)).await;
                    Self::without_reply(told?.as_ref())?;
                }
                Some(Letter::Look(answer)) => {
                    answer.send(Look::at(self.state.inspect(), 0));
                }
                None => return Ok(()),
            }
        }
        self.stage.news.notify_one();
        Ok(())
    }

    /// Notices what has changed until now of what the state looks at.
    pub(super) fn notice_changes(&mut self) {
        // As many times as there are values: one that always changes is no reason not to go on.
        for _ in 0..=self.ties.sources.len() {
            // A task that has done much is not told to wait here: it would show what is not true any more.
            let changed = tokio::task::coop::unconstrained(self.ties.sources.next());
            let Some(Some(())) = changed.now_or_never() else { break };
            self.is_dirty = true;
        }
    }

    pub(super) async fn info(&mut self, info: Box<dyn Any + Send>) -> Result<(), End> {
        let told = self.call(|state, ties| state.handle_info(info, ties)).await;
        Self::without_reply(told?.as_ref())
    }

    fn without_reply(reply: Option<&Reply>) -> Result<(), End> {
        match reply {
            None => Ok(()),
            Some(_) => Err(End::crash("only handle_event has an event to reply to")),
        }
    }

    pub(super) async fn event(&mut self, event: Event) -> Result<(), End> {
        let Event { place, said, answer } = event;
        let handled = self.say(&place.viewer, said).await;
        let (reply, end) = match handled {
            Ok(reply) => (reply, None),
            Err(End::Over { reason, reply }) if !reason.is_crash() => {
                (reply, Some(End::Over { reason, reply: None }))
            }
            Err(end) => {
                // This client joins again, and so it learns that its event was not handled.
                answer.crash("the shared view ended while it handled this event");
                return Err(end);
            }
        };
        match reply.map_or_else(|| Ok(Reply::empty()), |reply| answer_with(Members::default(), reply)) {
            Ok(reply) => self.answers.push(Answer { answer, reply }),
            Err(crash) => answer.crash(format!("{:?}", crash.reason)),
        }
        end.map_or(Ok(()), Err)
    }

    /// Hands an event to the state, which is told first that the viewer is there.
    async fn say(&mut self, viewer: &Viewer, said: Said) -> Result<Option<Reply>, End> {
        let is_new = self.stage.roster().announce(viewer.id());
        if is_new {
            let viewer = viewer.clone();
            self.call(|state, ties| state.handle_join(viewer, ties)).await?;
        }
        let (viewer, meters, begun) = (viewer.clone(), self.stage.meters, Instant::now());
        let reply = self.call(|state, ties| state.handle_event(said, viewer, ties)).await?;
        meters.event.record_time(begun.elapsed());
        Ok(reply)
    }

    /// Runs a callback. Returns its reply, if it has one.
    async fn call<F>(&mut self, callback: F) -> Result<Option<Reply>, End>
    where
        F: for<'a> FnOnce(&'a mut dyn State, &'a mut Ties) -> BoxFuture<'a, Outcome>,
    {
        let Task { state, ties, .. } = self;
        let called = AssertUnwindSafe(async { callback(&mut **state, ties).await }).catch_unwind().await;
        if let Some(error) = ties.failed.take() {
            return Err(End::crash(error));
        }
        match called {
            Ok(Outcome::NoReply) => Ok(None),
            Ok(Outcome::Render) => {
                self.is_dirty = true;
                Ok(None)
            }
            Ok(Outcome::Reply(reply)) => {
                self.is_dirty = true;
                Ok(Some(reply))
            }
            Ok(Outcome::Stop(Stop { reason, reply })) => Err(End::Over { reason, reply }),
            Err(panic) => Err(End::crash(Panic::new(panic).to_string())),
        }
    }
}
