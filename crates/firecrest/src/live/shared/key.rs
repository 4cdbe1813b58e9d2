//! Which of a type's shared views it is.

use std::any::TypeId;
use std::sync::Arc;

use firecrest_wire::params::Params;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::Endpoint;
use crate::live::MountError;
use crate::live::mount::Problem;
use crate::live::page::Page;
use crate::live::table::{LiveSession, NoRoute};

/// What the views of a type that are inside others are given, and signed into their tokens.
pub(super) const GIVEN_KEY: &str = "key";

/// Longest path of a shared view, in bytes. One that is longer leads nowhere.
const MAX_NAME: usize = 2_048;

/// A shared view on this node. Views in another live session are others: their layout may be another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::live) struct Key {
    pub(super) type_id: TypeId,
    pub(super) live_session: Option<Arc<str>>,
    /// The path of the page, or what the view inside another was given.
    pub(super) name: String,
}

impl Key {
    /// That of a page's view.
    pub(in crate::live) fn of(page: &Page) -> Result<Key, MountError> {
        let type_id = (page.kind.type_id)();
        if let Some(address) = &page.address {
            let session = page.visit.live_session.as_deref();
            return Key::at(&page.endpoint, session, &address.uri).map_err(MountError::crashed);
        }
        let Some(name) = page.visit.given.get(GIVEN_KEY).and_then(|name| name.as_str()) else {
            return Err(MountError::new(Problem::Crashed(
                "a shared view has neither address nor key".into(),
            )));
        };
        Ok(Key { type_id, live_session: None, name: name.to_owned() })
    }

    /// That of the view at an address, on the host of a live session's pages.
    pub(super) fn at(endpoint: &Endpoint, session: Option<&LiveSession>, uri: &str) -> Result<Key, NoRoute> {
        let (route, address) = endpoint.live_table().find_beside(session, uri)?;
        let name = canonical(&route.pattern, &address.path);
        if name.len() > MAX_NAME {
            return Err(NoRoute::Unknown(String::new()));
        }
        let live_session = Some(Arc::clone(&route.session.name));
        Ok(Key { type_id: (route.kind.type_id)(), live_session, name })
    }

    /// The id of its container where it is a page of its own: the same for everybody, so that a change is encoded once.
    pub(in crate::live) fn container(&self, kind: &str) -> String {
        let session = self.live_session.as_deref().unwrap_or_default();
        let hash = Sha256::digest(format!("{kind}\n{session}\n{}", self.name));
        let id = hash[..8].iter().fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
        format!("shared-{id:016x}")
    }
}

/// What a path's variables may contain besides letters and digits without being another path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a route with these variables, however the visitor has written it.
fn canonical(pattern: &str, params: &Params) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let value = params.get(name.trim_start_matches('*')).unwrap_or_default();
        out.push_str(before);
        out.extend(utf8_percent_encode(value, PLAIN));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_however_it_is_written() {
        let mut params = Params::new();
        params.insert("slug", "a b/c");
        params.insert("page", "2");
        assert_eq!(canonical("/blog/{slug}/{page}.html", &params), "/blog/a%20b%2Fc/2.html");
        assert_eq!(canonical("/blog", &params), "/blog");
        assert_eq!(canonical("/files/{*slug}", &params), "/files/a%20b%2Fc");
    }
}
