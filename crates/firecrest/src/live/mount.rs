//! Mounting: what a view starts with.

use std::ops::{Deref, DerefMut};

use http::StatusCode;

use super::View;
use super::arrival::Arrival;
use super::leave::{Kind, Leave, Local, external};
use super::page::Reach;

/// A view's access to the world while it is mounted: everything of [`View`], and what is known of the visit.
pub struct Mount<'a, I = ()> {
    view: View<'a, I>,
}

impl<'a, I: Send + 'static> Mount<'a, I> {
    pub(super) fn new(reach: Reach<'a>) -> Self {
        Mount { view: View::new(reach) }
    }

    /// Whether the view is mounted for a socket; no while the page is made.
    ///
    /// A view that asks is mounted for both, because it might answer differently.
    pub fn connected(&mut self) -> bool {
        let page = &mut *self.view.reach.page;
        page.needs_socket |= !page.connected;
        page.connected
    }

    /// Leaves a value for the view, by its type: what a mount hook has found out, such as who is visiting. The [views inside](super::nested)
    /// find it too, as it is when they are mounted (F052); a value of this type that they insert themselves is theirs.
    pub fn insert<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        self.view.reach.page.extensions.insert(value);
    }

    pub(super) fn arrival(&self) -> Option<&Arrival> {
        self.view.reach.page.arrival.as_deref()
    }
}

impl<'a, I> Deref for Mount<'a, I> {
    type Target = View<'a, I>;

    fn deref(&self) -> &View<'a, I> {
        &self.view
    }
}

impl<I> DerefMut for Mount<'_, I> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.view
    }
}

/// Why a view was not mounted.
///
/// Any error passed on with `?` makes one: the page is a 500, or the client tries again (spec §8.4).
#[derive(Debug)]
pub struct MountError(pub(super) Box<Problem>);

#[derive(Clone, Debug)]
pub(super) enum Problem {
    /// The visitor belongs elsewhere.
    Leave(Leave),
    /// The page is an error page with this status.
    Status(StatusCode),
    /// What the log is told.
    Crashed(String),
}

impl MountError {
    /// Sends the visitor to another page of this host.
    pub fn redirect(path: impl Into<String>) -> Self {
        Self::local(path, |path| Leave::Redirect(path.as_str().to_owned()))
    }

    /// Sends the visitor to another view of the same live session, without a page load where that is possible.
    pub fn navigate(path: impl Into<String>) -> Self {
        Self::local(path, |path| Leave::Navigate(path, Kind::Replace))
    }

    /// Sends the visitor to another host.
    pub fn redirect_external(url: impl Into<String>) -> Self {
        external(url).map_or_else(Self::from, |url| Self::new(Problem::Leave(Leave::Redirect(url))))
    }

    /// Answers with an error page: 404 for what does not exist, 403 for what the visitor may not see. Over a socket the
    /// client loads that page (spec §2.6).
    pub fn status(status: StatusCode) -> Self {
        Self::new(Problem::Status(status))
    }

    /// [`status`](Self::status) with 404.
    pub fn not_found() -> Self {
        Self::status(StatusCode::NOT_FOUND)
    }

    pub(super) fn crashed(error: impl std::fmt::Display) -> Self {
        Self::new(Problem::Crashed(error.to_string()))
    }

    pub(super) fn new(problem: Problem) -> Self {
        MountError(Box::new(problem))
    }

    fn local(path: impl Into<String>, leave: impl FnOnce(Local) -> Leave) -> Self {
        Local::new(path).map_or_else(Self::from, |path| Self::new(Problem::Leave(leave(path))))
    }
}

impl<E: std::error::Error> From<E> for MountError {
    fn from(error: E) -> Self {
        MountError::crashed(error)
    }
}
