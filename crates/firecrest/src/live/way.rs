//! Which way leads from a view to an address (F108).

use std::sync::Arc;

use firecrest_live::link::{self, Link};

use super::View;
use super::page::Page;

/// How a link can lead to an address, from a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// The same view is there: it stays, and changes its address.
    Patch,
    /// Another view of the same live session is there: it takes the place of this one, over the open socket.
    Navigate,
    /// Something else is there, or nothing: the page has to be loaded.
    Load,
}

impl Way {
    /// The link that goes this way.
    pub fn link(self, path: impl Into<String>) -> Link {
        match self {
            Way::Patch => link::patch(path),
            Way::Navigate => link::navigate(path),
            Way::Load => link::load(path),
        }
    }
}

impl<I: Send + 'static> View<'_, I> {
    /// Which way leads from here to a path of this host, with or without query and fragment (F108). Always [`Way::Load`] for a view
    /// that no route leads to, as one inside another: it does not know what page it is in.
    pub fn way_to(&self, path: &str) -> Way {
        self.reach.page.way_to(path)
    }
}

impl Page {
    fn way_to(&self, path: &str) -> Way {
        let Some(session) = &self.visit.live_session else { return Way::Load };
        let path = path.split_once('#').map_or(path, |(path, _)| path);
        match self.endpoint.live_table().find_beside(Some(session), path) {
            Ok((route, _)) if self.is_of(&route) => Way::Patch,
            Ok((route, _)) if Arc::ptr_eq(session, &route.session) => Way::Navigate,
            _ => Way::Load,
        }
    }
}
