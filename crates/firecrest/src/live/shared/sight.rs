//! How a shared view looked at some time.

use std::sync::{Arc, OnceLock};

use firecrest_live::{Child, Held, Html, Members, RenderError};
use firecrest_wire::Payload;
use serde_json::Value;

use crate::Endpoint;
use crate::live::nested::NestedView;
use crate::live::page::Page;
use crate::live::reply;

/// One version of a shared view. Whatever is made of it for newcomers is made once.
pub(super) struct Sight {
    pub(super) html: Html,
    pub(super) title: Option<String>,
    page: OnceLock<Arc<str>>,
    joined: OnceLock<Result<(Members, Payload), String>>,
}

impl Sight {
    pub(super) fn new(html: Html, title: Option<String>) -> Self {
        Sight { html, title, page: OnceLock::new(), joined: OnceLock::new() }
    }

    /// The HTML for a page.
    pub(super) fn page(&self) -> Arc<str> {
        Arc::clone(self.page.get_or_init(|| self.html.to_string().into()))
    }

    /// The answer to a join. With a container it is one that the page has navigated to.
    ///
    /// # Errors
    /// When the tree has no message.
    pub(super) fn joined(&self, page: &Page, container: Option<&Value>) -> Result<Payload, String> {
        let (endpoint, kind) = (&page.endpoint, page.kind);
        let joined = self.joined.get_or_init(|| {
            let mut held = Held::shared(endpoint.live_table().seed);
            let members = self.everything(endpoint, &mut held).map_err(|error| error.to_string())?;
            let payload = reply::joined(&members, kind, None, None);
            Ok((members, payload))
        });
        match (joined, container) {
            (Ok((_, payload)), None) => Ok(payload.clone()),
            (Ok((members, _)), container) => Ok(reply::joined(members, kind, container, None)),
            (Err(error), _) => Err(error.clone()),
        }
    }

    /// The message for clients that hold nothing.
    ///
    /// # Errors
    /// When the tree has no message.
    pub(super) fn everything(&self, endpoint: &Endpoint, held: &mut Held) -> Result<Members, RenderError> {
        let sticky = &mut |child: &Child| NestedView::sticky_container(endpoint, child);
        let mut members = held.full(&self.html, sticky)?;
        // Every join begins with a title, or the client falls back to the default (spec §1.3).
        if let Some(title) = &self.title {
            members.push_member("t", &reply::text(title));
        }
        Ok(members)
    }
}
