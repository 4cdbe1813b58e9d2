//! A live view that one client has for itself.

use std::sync::Arc;
use std::time::Instant;

use firecrest_live::{Child, Held, Members, Pass, RenderError};
use firecrest_pubsub::Subscription;

use super::component::{self, PassError};
use super::family::{Kin, Outer};
use super::hooks;
use super::info::LiveInfo;
use super::kind::Instance;
use super::leave::Leave;
use super::mount::Problem;
use super::nested::{Misplaced, NestedView, check_inside};
use super::page::{Ear, Page, Reach};
use super::{LiveConnection, MountError};
use crate::channel::{Context, Reason, Shared, Timers};
use crate::telemetry::meter::Open;

/// A joined view, its page, and what the client holds of it.
pub(crate) struct OwnView {
    pub(super) view: Box<dyn Instance>,
    pub(super) page: Box<Page>,
    pub(super) held: Held,
    pub(super) kin: Kin,
    _open: Open,
}

/// Why a view cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShowError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Pass(#[from] PassError),
    #[error(transparent)]
    Inside(#[from] Misplaced),
    #[error("{0}")]
    Hook(String),
    #[error("the view around this one has ended")]
    Orphan(Outer),
}

impl ShowError {
    /// Where the page is to go because of it, if it is no error after all.
    pub(super) fn leave(self) -> Result<Leave, ShowError> {
        match self {
            ShowError::Pass(PassError::Mount(error)) => match *error.0 {
                Problem::Leave(leave) => Ok(leave),
                problem => Err(ShowError::Pass(PassError::Mount(MountError::new(problem)))),
            },
            error => Err(error),
        }
    }
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

    /// Everything, for a client that holds nothing. Beside the channel's are the view's ties: it is not in the channel yet.
    pub(super) async fn render_all(&mut self, ties: Ties<'_>) -> Result<Members, ShowError> {
        self.show_view(ties, true, &[]).await
    }

    /// What has changed in the view since the client was told last, and in these components in it.
    pub(super) async fn render_changes(
        &mut self,
        cids: &[u32],
        ties: Ties<'_>,
    ) -> Result<Members, ShowError> {
        self.show_view(ties, false, cids).await
    }

    async fn show_view(
        &mut self,
        ties: Ties<'_>,
        is_first: bool,
        cids: &[u32],
    ) -> Result<Members, ShowError> {
        let html = self.page.render(&*self.view);
        self.page.must_render = false;
        if html.calls().is_empty() && self.page.components.is_none() {
            let how = if is_first { Held::full } else { Held::diff };
            return self.tell(ties.0, &[], html.children(), |held, child| how(held, &html, child));
        }
        let is_whole = is_first || self.held.forgets(&html);
        let pass = match &self.page.components {
            Some(components) => components.roster.view(html, is_whole, cids),
            None => Pass::view(html, is_whole),
        };
        self.show(pass, ties).await
    }

    /// Calls the hooks that want to know that the view was rendered.
    pub(super) fn rendered(&mut self, (shared, subscriptions, timers): Ties<'_>) -> Result<(), ShowError> {
        if self.page.rare.is_none() {
            return Ok(());
        }
        let mut reach = Reach { page: &mut self.page, ear: Ear::Channel(shared), subscriptions, timers };
        hooks::after_render(&mut reach).map_err(ShowError::Hook)
    }

    /// What has changed in these components since the client was told last, and in those inside them.
    pub(super) async fn render_components(
        &mut self,
        cids: &[u32],
        ties: Ties<'_>,
    ) -> Result<Members, ShowError> {
        let Some(components) = &mut self.page.components else { return Ok(Members::default()) };
        let pass = components.roster.components(cids);
        self.show(pass, ties).await
    }

    async fn show(&mut self, mut pass: Pass, ties: Ties<'_>) -> Result<Members, ShowError> {
        let (shared, subscriptions, timers) = ties;
        let mut reach = Reach { page: &mut self.page, ear: Ear::Channel(shared), subscriptions, timers };
        let gone = component::run(&mut pass, &mut reach).await?;
        self.tell(shared, &gone, pass.children(), |held, child| held.show(&pass, child))
    }

    /// The message for what was rendered; those that are gone are held no more.
    fn tell<'a>(
        &mut self,
        shared: &Arc<Shared>,
        gone: &[u32],
        children: impl IntoIterator<Item = &'a Child>,
        how: impl FnOnce(&mut Held, &mut dyn FnMut(&Child) -> String) -> Result<Members, RenderError>,
    ) -> Result<Members, ShowError> {
        let (meters, rendered) = (self.page.meters, Instant::now());
        let may_stick = !self.kin.is_nested() && !self.page.is_sticky;
        let has_nested = check_inside(children, may_stick)?;
        if self.kin.is_nested() || has_nested {
            self.kin.enter(shared, &self.page.extensions).map_err(ShowError::Orphan)?;
        }
        let OwnView { page, held, kin, .. } = self;
        let members = how(held, &mut |child| nested(page, kin.instance, child))?;
        held.forget(gone);
        meters.diff.record_time(rendered.elapsed());
        if !members.is_empty() {
            meters.diff_bytes.record(members.as_str().len() as u64);
        }
        Ok(members)
    }

    /// The page's own end, and then the view's.
    pub(super) async fn terminate(&mut self, reason: &Reason) {
        self.kin.leave();
        self.page.end_work();
        self.view.terminate(reason).await;
    }
}

/// A view's channel, subscriptions and timers.
pub(super) type Ties<'a> = (&'a Arc<Shared>, &'a mut Vec<Subscription>, &'a mut Option<Box<Timers>>);

/// The container of a view inside this one.
fn nested(page: &Page, instance: u64, child: &Child) -> String {
    let Some(view) = NestedView::of(child) else { return String::new() };
    view.container(&page.endpoint, &child.id, &page.id, instance)
}
