//! Links that the client follows without loading a page, as attributes: `<a {..navigate("/counter")}>`.

type Link = [(&'static str, String); 3];

/// Leads to another view over the open socket.
pub(crate) fn navigate(path: impl Into<String>) -> Link {
    link(path, "redirect", "push")
}

/// Leads to another address of this view.
pub(crate) fn patch(path: impl Into<String>) -> Link {
    link(path, "patch", "push")
}

/// As [`patch`], without an entry in the browser's history.
pub(crate) fn replace(path: impl Into<String>) -> Link {
    link(path, "patch", "replace")
}

fn link(path: impl Into<String>, kind: &str, state: &str) -> Link {
    [("href", path.into()), ("data-phx-link", kind.to_owned()), ("data-phx-link-state", state.to_owned())]
}
