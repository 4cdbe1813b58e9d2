//! All calls of a type together.

use std::sync::Arc;

use super::{ComponentCx, LiveComponent};
use crate::live::MountError;

/// The components of a type that are mounted or updated at once: those of one level, in the order of the page.
#[derive(Debug)]
pub struct Updates<'a, C: LiveComponent>(pub(super) Vec<Update<'a, C>>);

/// A component that is mounted or updated.
pub struct Update<'a, C: LiveComponent> {
    pub(super) cid: u32,
    pub(super) id: &'a str,
    pub(super) props: &'a Arc<C::Props>,
    pub(super) state: &'a mut Option<C>,
}

impl<'a, C: LiveComponent> Updates<'a, C> {
    /// Each of them, to look at.
    pub fn iter(&self) -> impl Iterator<Item = &Update<'a, C>> {
        self.0.iter()
    }

    /// How many they are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Mounts and updates each by itself.
    ///
    /// # Errors
    /// When one of them is not mounted: the first error of `mount`.
    pub async fn each(self, cx: &mut ComponentCx<'_, C>) -> Result<(), MountError> {
        for update in self {
            (cx.cid, cx.props) = (update.cid, Arc::clone(update.props));
            match update.state {
                Some(component) => component.update(update.props, cx).await,
                None => *update.state = Some(C::mount(update.props, cx).await?),
            }
        }
        Ok(())
    }
}

impl<'a, C: LiveComponent> IntoIterator for Updates<'a, C> {
    type Item = Update<'a, C>;
    type IntoIter = std::vec::IntoIter<Update<'a, C>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, C: LiveComponent> Update<'a, C> {
    /// The component's id.
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// What it is called with.
    pub fn props(&self) -> &'a C::Props {
        self.props
    }

    /// The component as it is; none when it is new and not mounted yet.
    pub fn component(&mut self) -> Option<&mut C> {
        self.state.as_mut()
    }

    /// The state that it begins with, or goes on with.
    pub fn mount(self, component: C) {
        *self.state = Some(component);
    }
}

impl<C: LiveComponent> std::fmt::Debug for Update<'_, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update").field("id", &self.id).finish_non_exhaustive()
    }
}
