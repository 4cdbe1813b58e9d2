//! What happens before a view is mounted (F076).

use std::future::Future;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::page::Reach;
use super::{Mount, MountError};

/// Runs before every view of a live session is mounted: the place to find out who is visiting,
/// since navigation over the socket passes no HTTP middleware (spec §1.9).
///
/// A view that was mounted for a page is adopted by its socket without being mounted again, within seconds, by the same visitor with
/// the same session. Who is thrown out meanwhile, by [`Endpoint::disconnect`](crate::Endpoint::disconnect) of the session's
/// `live_socket_id`, is asked again.
///
/// ```
/// use firecrest::prelude::*;
///
/// #[derive(Clone)]
/// struct Visitor { name: String }
///
/// struct RequireVisitor;
///
/// impl MountHook for RequireVisitor {
///     async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
///         let name = cx.session("name").ok_or_else(|| MountError::redirect("/login"))?;
///         cx.insert(Visitor { name });
///         Ok(())
///     }
/// }
/// ```
pub trait MountHook: Send + Sync + 'static {
    /// Goes on, or keeps the view from being mounted.
    fn on_mount(&self, cx: &mut Mount<'_>) -> impl Future<Output = Result<(), MountError>> + Send;
}

pub(super) trait ErasedHook: Send + Sync {
    fn call<'a>(&'a self, reach: Reach<'a>) -> BoxFuture<'a, Result<(), MountError>>;
}

impl<H: MountHook> ErasedHook for H {
    fn call<'a>(&'a self, reach: Reach<'a>) -> BoxFuture<'a, Result<(), MountError>> {
        async move { self.on_mount(&mut Mount::new(reach)).await }.boxed()
    }
}
