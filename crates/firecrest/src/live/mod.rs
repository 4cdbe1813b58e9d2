//! Live views: pages that are rendered on the server and kept alive over a socket.
//!
//! A [`LiveView`] is state and a template. [`Endpoint::live`](crate::Endpoint::live) serves views as pages; the page's script, the
//! unmodified `phoenix_live_view` client, joins the view's channel and from then on sends events and applies what changes.
//!
//! A view is mounted once for a visit: the view that was rendered into the page waits for its client's join for ten seconds, on
//! the node that made it. In any other case (another node, a reconnect, a navigation) it is mounted anew.

mod address;
mod channel;
mod client;
mod connection;
mod container;
mod dead;
mod document;
mod event;
mod family;
mod flash;
mod handle;
mod hook;
mod info;
mod join;
mod kind;
mod leave;
mod mount;
mod mounted;
mod nested;
mod options;
mod own;
mod page;
mod pages;
mod parked;
mod reply;
mod respond;
pub mod shared;
mod socket;
mod table;
mod tokens;
mod traits;
mod turn;
mod view;
mod watching;

pub use connection::{LiveConnection, LiveHost};
pub use document::{Document, RootLayout};
pub use event::LiveEvent;
pub use flash::{Flash, put_flash};
pub use handle::ViewHandle;
pub use hook::MountHook;
pub use leave::AddressError;
pub use mount::{Mount, MountError};
pub use nested::{Nested, nested};
pub use options::{Layout, LayoutContext, ViewOptions};
pub use pages::{LiveMount, LivePages};
pub use parked::ParkLimits;
pub use shared::{SharedOptions, SharedView, shared};
pub use socket::LiveSocket;
pub use traits::LiveView;
pub use view::View;

pub use firecrest_live::*;

pub(crate) use table::Live;
pub(crate) use tokens::verify_flash;
