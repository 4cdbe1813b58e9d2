//! The address of a page, as the browser has it.

use firecrest_wire::params::{Params, ParamsError, ParamsLimits};

/// Path, query and parameters of the page that a view is on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Path and query, as they were asked for; without host and fragment.
    pub(super) uri: String,
    /// The query's parameters and the path's, which win.
    pub(super) params: Params,
    /// The path's parameters alone.
    pub(super) path: Params,
    /// The route's action.
    pub(super) action: Option<String>,
}

/// The path and query of a full URL, or of one that has no host. The fragment is the browser's own.
pub(super) fn path_and_query(url: &str) -> &str {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?'])) else {
        return url;
    };
    rest.find(['/', '?']).map_or("/", |start| &rest[start..])
}

/// The path of a path with query.
pub(super) fn path(uri: &str) -> &str {
    uri.split_once('?').map_or(uri, |(path, _)| path)
}

/// A path below a base, which is empty or begins with a slash. The root below a base is the base itself.
pub(super) fn below(base: &str, path: &str) -> String {
    match path.strip_prefix('/') {
        Some(rest) if !base.is_empty() && (rest.is_empty() || rest.starts_with(['?', '#'])) => {
            format!("{base}{rest}")
        }
        _ => format!("{base}{path}"),
    }
}

/// The query's parameters, then those of the path.
///
/// # Errors
/// When the query is no text or too large.
pub(super) fn params(uri: &str, path: &Params) -> Result<Params, ParamsError> {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let mut params = Params::parse(query, &ParamsLimits::default())?;
    for (name, value) in path.iter() {
        params.insert(name, value.clone());
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_fragment_are_left_out() {
        for (url, expected) in [
            ("http://h:4000/orders?x=1#top", "/orders?x=1"),
            ("http://h", "/"),
            ("http://h?x=1", "?x=1"),
            ("/orders?next=http://other/", "/orders?next=http://other/"),
            ("/a#b?c", "/a"),
        ] {
            assert_eq!(path_and_query(url), expected);
        }
    }

    #[test]
    fn f113_a_path_below_a_base() {
        for (base, path, expected) in
            [("", "/", "/"), ("/app", "/", "/app"), ("/app", "/x?y", "/app/x?y"), ("/app", "/?y", "/app?y")]
        {
            assert_eq!(below(base, path), expected);
        }
    }

    #[test]
    fn f075_parameters_of_the_path_win() {
        let mut path = Params::new();
        path.insert("id", "7");
        let params = params("/a/7?id=8&x=1", &path).unwrap();
        assert_eq!((params.get("id"), params.get("x")), (Some("7"), Some("1")));
    }
}
