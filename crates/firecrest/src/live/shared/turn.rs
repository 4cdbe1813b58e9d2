//! One turn of a shared view: a callback, and what it wants.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use firecrest_live::Members;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};

use super::Viewer;
use super::context::Ties;
use super::kind::{Said, State};
use super::sight::Sight;
use super::stage::{Order, Stage};
use super::task::{End, Task};
use crate::channel::{DeferredReply, Outcome, Reason, Reply};
use crate::live::mount::Problem;
use crate::live::nested::InShared;
use crate::live::turn::answer_with;
use crate::live::{Flash, LayoutContext};
use crate::telemetry::{Panic, shown_error};

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
        // The future itself may be made by code that panics.
        let started = AssertUnwindSafe(async { start(&mut ties).await }).catch_unwind().await;
        let state = match started {
            Ok(Ok(state)) => state,
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
                connected: true,
            };
            let html = layout(&context, &html);
            Sight::new(html, title)
        };
        let sight = catch_unwind(AssertUnwindSafe(render)).map_err(|panic| Panic::new(panic).to_string())?;
        match sight.html.children().first() {
            Some(child) => Err(InShared(child.id.clone()).to_string()),
            None => Ok(Arc::new(sight)),
        }
    }

    /// Tells the state who has come and who has gone.
    pub(super) async fn notice_viewers(&mut self) -> Result<(), End> {
        if self.stage.was_overrun() {
            let error = format!("more than {} messages wait for the view", self.options.max_waiting);
            return Err(End::Over(Reason::Crashed(error)));
        }
        loop {
            // A statement of its own: nothing may be locked while the state is told.
            let next = self.stage.roster().next_arrival();
            let Some(viewer) = next else { break };
            self.call(|state, ties| state.handle_join(viewer, ties)).await?;
        }
        loop {
            let next = self.stage.roster().next_departure();
            let Some(viewer) = next else { return Ok(()) };
            self.call(|state, ties| state.handle_leave(viewer, ties)).await?;
        }
    }

    /// Notices what has changed until now of what the state looks at.
    pub(super) fn notice_changes(&mut self) {
        while let Some(Some(())) = self.ties.sources.next().now_or_never() {
            self.is_dirty = true;
        }
    }

    pub(super) async fn take(&mut self, order: Order) -> Result<(), End> {
        match order {
            Order::Event { viewer, said, answer } => self.event(viewer, said, answer).await,
            Order::Info(info) => self.info(info).await,
            Order::Broadcast(broadcast) => {
                self.call(|state, ties| state.handle_broadcast(broadcast, ties)).await.map(drop)
            }
            Order::Look(asking) => {
                self.touch();
                self.looking.push(asking);
                Ok(())
            }
        }
    }

    pub(super) async fn info(&mut self, info: Box<dyn Any + Send>) -> Result<(), End> {
        self.call(|state, ties| state.handle_info(info, ties)).await.map(drop)
    }

    async fn event(&mut self, viewer: Viewer, said: Said, answer: DeferredReply) -> Result<(), End> {
        self.notice_viewers().await?;
        if self.stage.roster().channel(viewer.id()).is_none() {
            // It has gone: the state was told so.
            return Ok(());
        }
        let reply = match self.call(|state, ties| state.handle_event(said, viewer, ties)).await {
            Ok(reply) => reply,
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
        Ok(())
    }

    /// Runs a callback. Returns its reply, if it has one.
    async fn call<F>(&mut self, callback: F) -> Result<Option<Reply>, End>
    where
        F: for<'a> FnOnce(&'a mut dyn State, &'a mut Ties) -> BoxFuture<'a, Outcome>,
    {
        let Task { state, ties, .. } = self;
        let called = AssertUnwindSafe(async { callback(&mut **state, ties).await }).catch_unwind().await;
        if let Some(error) = ties.failed.take() {
            return Err(End::Over(Reason::Crashed(error)));
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
            Ok(Outcome::Stop(stop)) => Err(End::Over(stop.reason)),
            Err(panic) => Err(End::Over(Reason::Crashed(Panic::new(panic).to_string()))),
        }
    }

    pub(super) async fn terminate(&mut self, reason: &Reason) {
        let ending = AssertUnwindSafe(async { self.state.terminate(reason).await }).catch_unwind().await;
        if let Err(panic) = ending {
            let error = Panic::new(panic);
            tracing::error!(key = self.stage.key.name, error = shown_error(&error), "terminate panicked");
        }
    }
}
