//! A live view that one client has for itself.

use std::sync::Arc;
use std::time::Instant;

use firecrest_live::{Child, Held, Html, Members, RenderError};

use super::LiveConnection;
use super::container::Container;
use super::family::{Kin, Outer};
use super::info::LiveInfo;
use super::kind::Instance;
use super::nested::{DuplicateId, NestedView, check_ids};
use super::page::{Ear, Page, Reach};
use super::tokens::SessionToken;
use crate::channel::{Context, Reason, Shared};
use crate::telemetry::meter::Open;

/// A joined view, its page, and what the client holds of it.
pub(crate) struct OwnView {
    pub(super) view: Box<dyn Instance>,
    pub(super) page: Box<Page>,
    held: Held,
    pub(super) kin: Kin,
    _open: Open,
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

impl OwnView {
    pub(super) fn new(
        view: Box<dyn Instance>,
        page: Box<Page>,
        parent: Option<u64>,
        connection: LiveConnection,
    ) -> Self {
        let held = Held::new(page.endpoint.live_table().seed);
        OwnView { view, page, held, kin: Kin::new(connection, parent), _open: Open::view() }
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
        let (meters, rendered) = (self.page.meters, Instant::now());
        check_ids(&html)?;
        if self.kin.is_nested() || !html.children().is_empty() {
            self.kin.enter(shared).map_err(ShowError::Orphan)?;
        }
        let OwnView { page, held, kin, .. } = self;
        let mut members = how(held, &html, &mut |child| nested(page, kin.instance, child))?;
        meters.diff.record_time(rendered.elapsed());
        if !members.is_empty() {
            meters.diff_bytes.record(members.as_str().len() as u64);
        }
        page.add_members(&mut members);
        Ok(members)
    }

    /// The page's own end, and then the view's.
    pub(super) async fn terminate(&mut self, reason: &Reason) {
        self.kin.leave();
        self.view.terminate(reason).await;
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
