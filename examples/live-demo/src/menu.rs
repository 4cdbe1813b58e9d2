//! The pages, as menu, index and titles know them.

use firecrest::prelude::*;

/// A page.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) path: &'static str,
    pub(crate) title: &'static str,
    /// One sentence about it.
    pub(crate) about: &'static str,
    /// The code of its view and template.
    pub(crate) source: &'static str,
}

/// The page that leads to all others.
pub(crate) static INDEX: Page = Page {
    path: "/live-demo",
    title: "Live pages",
    about: "Rendered on the server and kept alive over a socket. Each of these pages is one small file of Rust, and \
            none has a script of its own.",
    source: include_str!("pages/index.rs"),
};

/// The pages of the menu.
pub(crate) static PAGES: [Page; 12] = [
    Page {
        path: "/counter",
        title: "Counter",
        about: "A number and two buttons: state, two events, a template.",
        source: include_str!("pages/counter.rs"),
    },
    Page {
        path: "/live-demo/form",
        title: "Forms",
        about: "The server checks while you type, and finds fault only where you have been.",
        source: include_str!("pages/sign_up.rs"),
    },
    Page {
        path: "/live-demo/order",
        title: "Order",
        about: "An order of as many lines as you like, in the order you like: the total follows, and each line has its own \
                faults.",
        source: include_str!("pages/order.rs"),
    },
    Page {
        path: "/live-demo/list",
        title: "List",
        about: "A flock in any order you like: a bird that moves is not sent again.",
        source: include_str!("pages/flock.rs"),
    },
    Page {
        path: "/live-demo/endless",
        title: "Endless",
        about: "A million rows to scroll through, two hundred in the page, and none in the server's memory.",
        source: include_str!("pages/endless.rs"),
    },
    Page {
        path: "/live-demo/search",
        title: "Search",
        about: "Every letter asks an archive that takes its time. The page stays awake, and only the last answer counts.",
        source: include_str!("pages/search.rs"),
    },
    Page {
        path: "/live-demo/pages",
        title: "Pages",
        about: "Every bird, tab and page has an address of its own, and one socket leads to them all.",
        source: include_str!("pages/guide.rs"),
    },
    Page {
        path: "/live-demo/nested",
        title: "Views",
        about: "Views inside a view, each a task of its own: drop a clock, and the others go on.",
        source: include_str!("pages/clock.rs"),
    },
    Page {
        path: "/live-demo/components",
        title: "Components",
        about: "Cards with a state of their own: it moves with them, and only the card you touch is sent.",
        source: include_str!("pages/board.rs"),
    },
    Page {
        path: "/live-demo/gallery",
        title: "Gallery",
        about: "Pictures you drop here come over the socket in small pieces. Only you see them, until you leave.",
        source: include_str!("pages/gallery.rs"),
    },
    Page {
        path: "/live-demo/modal",
        title: "Commands",
        about: "A dialog, a menu and switches that the browser handles by itself, without asking the server.",
        source: include_str!("pages/commands.rs"),
    },
    Page {
        path: "/live-demo/keys",
        title: "Keys",
        about: "Every key you press goes to the server, and the bird has moved before you notice.",
        source: include_str!("pages/keys.rs"),
    },
];

static MEMBERS: Page = Page {
    path: "/live-demo/members",
    title: "Members",
    about: "Who comes here has logged in: a mount hook sees to it, for the page and for the socket.",
    source: include_str!("pages/members.rs"),
};

impl Page {
    /// The page at this address, or else the index.
    pub(crate) fn at(uri: &str) -> &'static Page {
        let path = uri.split('?').next().unwrap_or_default();
        let is_here = |page: &&Page| {
            path.strip_prefix(page.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        PAGES.iter().chain([&MEMBERS]).find(is_here).unwrap_or(&INDEX)
    }
}

/// Gives each page its title.
pub(crate) struct Titles;

impl MountHook for Titles {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        let page = Page::at(cx.uri());
        cx.set_title(page.title);
        Ok(())
    }
}
