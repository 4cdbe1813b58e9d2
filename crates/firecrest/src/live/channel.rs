//! The channel of a live view.

use std::sync::Arc;

use firecrest_live::{Child, Held, Html, Members, RenderError};
use firecrest_pubsub::Broadcast;
use futures_util::FutureExt as _;

use super::connection::{LiveConnection, Outer};
use super::container::Container;
use super::event::LiveIn;
use super::info::LiveInfo;
use super::kind::Instance;
use super::nested::{DuplicateId, NestedView, check_ids};
use super::page::{Ear, Page, Reach};
use super::tokens::SessionToken;
use super::{LiveHost, join};
use crate::channel::{Channel, Context, Join, Joined, Outcome, Reason, Rejected, Reply, Shared};

/// A joined live view.
pub(crate) struct LiveChannel {
    pub(super) view: Box<dyn Instance>,
    pub(super) page: Box<Page>,
    /// What the client holds.
    held: Held,
    /// By which the views inside know this one. Drawn by lot: a token of another connection must not fit by chance.
    pub(super) instance: u64,
    parent: Option<u64>,
    pub(super) connection: LiveConnection,
    /// Whether it has entered the connection's family.
    has_kin: bool,
}

/// Why a view cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShowError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Ids(#[from] DuplicateId),
    #[error("the view around this one has ended")]
    Orphan(Outer),
}

impl<S: LiveHost> Channel<S> for LiveChannel {
    type In = LiveIn;
    type Info = LiveInfo;

    async fn join(request: Join<'_, S>) -> Result<Joined<Self, LiveInfo>, Rejected> {
        join::join(request).await
    }

    async fn handle_in(&mut self, event: LiveIn, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        // Boxed: an idle view has no room for what its turns take.
        match event {
            LiveIn::Event(payload) => self.event(payload, cx).boxed().await,
            LiveIn::Patch(payload) => self.patched(payload, cx).boxed().await,
            LiveIn::WillDestroy => Reply::empty().into(),
            LiveIn::Destroyed => Reply::ok(serde_json::json!({ "cids": [] })).into(),
        }
    }

    async fn handle_info(&mut self, info: LiveInfo, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        match info {
            LiveInfo::User(info) => self.info(info, cx).boxed().await,
            LiveInfo::Go(leave) => {
                self.page.go(leave);
                self.conclude(Outcome::Render, cx, false).boxed().await
            }
        }
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        self.broadcast(broadcast, cx).boxed().await
    }

    async fn terminate(&mut self, reason: &Reason, _cx: &mut Context<'_, LiveInfo>) {
        self.leave_family();
        self.view.terminate(reason).await;
    }
}

impl LiveChannel {
    pub(super) fn new(
        view: Box<dyn Instance>,
        page: Box<Page>,
        parent: Option<u64>,
        connection: LiveConnection,
    ) -> Self {
        let held = Held::new(page.endpoint.live_table().seed);
        LiveChannel { view, page, held, instance: rand::random(), parent, connection, has_kin: false }
    }

    /// The view, and its access to the world.
    pub(super) fn reach<'a>(
        &'a mut self,
        cx: &'a mut Context<'_, LiveInfo>,
    ) -> (&'a mut dyn Instance, Reach<'a>) {
        let (shared, subscriptions, timers) = cx.ties();
        (&mut *self.view, Reach { page: &mut self.page, ear: Ear::Channel(shared), subscriptions, timers })
    }

    /// Everything, for a client that holds nothing.
    pub(super) fn render_all(&mut self, shared: &Arc<Shared>) -> Result<Members, ShowError> {
        self.show(shared, Held::full)
    }

    /// What has changed since the client was told last.
    pub(super) fn render_changes(&mut self, shared: &Arc<Shared>) -> Result<Members, ShowError> {
        self.show(shared, Held::diff)
    }

    fn show(&mut self, shared: &Arc<Shared>, how: How) -> Result<Members, ShowError> {
        let html = self.page.render(&*self.view);
        check_ids(&html)?;
        if !self.has_kin && (self.parent.is_some() || !html.children().is_empty()) {
            self.enter_family(shared)?;
        }
        let LiveChannel { page, held, instance, .. } = self;
        let mut members = how(held, &html, &mut |child| nested(page, *instance, child))?;
        page.add_members(&mut members);
        Ok(members)
    }

    fn enter_family(&mut self, shared: &Arc<Shared>) -> Result<(), ShowError> {
        match self.connection.family().enter(self.instance, self.parent, shared) {
            Outer::Joined => self.has_kin = true,
            outer => return Err(ShowError::Orphan(outer)),
        }
        Ok(())
    }

    /// Lets the views inside know that the page goes elsewhere.
    pub(super) fn depart_family(&self) {
        if self.has_kin {
            self.connection.family().depart(self.instance);
        }
    }

    fn leave_family(&mut self) {
        if std::mem::take(&mut self.has_kin) {
            self.connection.family().leave(self.instance);
        }
    }

    /// Whether the page's address is another view's business.
    pub(super) fn is_nested(&self) -> bool {
        self.parent.is_some()
    }
}

impl Drop for LiveChannel {
    /// However it has ended: the views inside end too.
    fn drop(&mut self) {
        self.leave_family();
    }
}

/// Renders everything, or what has changed.
type How = fn(&mut Held, &Html, &mut dyn FnMut(&Child) -> String) -> Result<Members, RenderError>;

/// The container of a view inside this one: empty, since the client joins it (spec §1.6).
fn nested(page: &Page, instance: u64, child: &Child) -> String {
    let Some(NestedView { kind, given }) = NestedView::of(child) else { return String::new() };
    page.endpoint.live_table().register(kind);
    let mut token = SessionToken::new(&child.id, (kind.name)());
    token.parent = Some(instance);
    token.given.clone_from(given);
    // A token too large to be signed is one that no client could bring back: the view is not shown, the log says why.
    let session = token.sign(&page.endpoint).unwrap_or_else(|error| {
        tracing::error!(id = child.id, %error, "a nested view cannot be given that much");
        String::new()
    });
    let container =
        Container { id: &child.id, is_main: false, session: &session, fixed: "", parent: Some(&page.id) };
    container.element(&(kind.options)(), "")
}
