//! What happens before a view is mounted (F076).

use std::future::Future;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::page::Reach;
use super::{Mount, MountError};

/// Runs before every view of a live session is mounted, for the page and for the socket: the place to find out who is visiting,
/// since navigation over the socket passes no HTTP middleware (spec §1.9).
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
