//! What a component is rendered with.

use super::LiveComponent;

/// What a component is rendered with besides its state.
pub struct Rendering<'a, C: LiveComponent> {
    props: &'a C::Props,
    cid: u32,
}

impl<'a, C: LiveComponent> Rendering<'a, C> {
    pub(super) fn new(props: &'a C::Props, cid: u32) -> Self {
        Rendering { props, cid }
    }

    /// What it was called with last.
    pub fn props(&self) -> &'a C::Props {
        self.props
    }

    /// Its number in the page, for `phx-target={cx.myself()}` and [`Push::component`](crate::live::js::Push::component): events of
    /// that element are this component's. It stays the same as long as the component lives.
    pub fn myself(&self) -> u64 {
        u64::from(self.cid)
    }
}

impl<C: LiveComponent> std::fmt::Debug for Rendering<'_, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendering").field("cid", &self.cid).finish_non_exhaustive()
    }
}
