//! Live views: pages that are rendered on the server and kept alive over a socket.
//!
//! A [`LiveView`] is state and a template. [`Endpoint::live`](crate::Endpoint::live) serves views as pages; the page's script, the
//! unmodified `phoenix_live_view` client, joins the view's channel and from then on sends events and applies what changes.
//!
//! A view is mounted once for a visit: the view that was rendered into the page waits for its client's join for ten seconds, on
//! the node that made it. In any other case (another node, a reconnect, a navigation) it is mounted anew.

mod address;
mod arrival;
mod channel;
mod client;
pub mod component;
mod connection;
mod container;
mod dead;
mod document;
mod embed;
mod event;
mod family;
mod flash;
mod handle;
mod hook;
mod hooks;
mod hosts;
mod info;
mod inspect;
mod join;
mod kind;
mod leave;
mod line;
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
mod runtime_hook;
mod settings;
mod setup;
pub mod shared;
mod socket;
mod table;
mod tokens;
mod traits;
mod turn;
mod upload;
mod view;
mod watching;
mod way;
mod work;

pub use component::{ComponentCx, LiveComponent, Rendering, Update, Updates, live_component};
pub use connection::{LiveConnection, LiveHost};
pub use document::{Document, RootLayout};
pub use embed::{Embed, Embedded, NotEmbedded};
pub use event::LiveEvent;
pub use flash::{Flash, put_flash};
pub use handle::ViewHandle;
pub use hook::MountHook;
pub use hooks::{Flow, Hook, HookStage};
pub use inspect::{Insight, LiveViewInfo, LookError, ViewKey};
pub use leave::AddressError;
pub use line::Line;
pub use mount::{Mount, MountError};
pub use nested::{Nested, nested};
pub use options::{Layout, LayoutContext, ViewOptions};
pub use pages::{LiveMount, LivePages};
pub use parked::ParkLimits;
pub use runtime_hook::RuntimeHook;
pub use shared::{SharedOptions, SharedView, shared};
pub use socket::LiveSocket;
pub use traits::LiveView;
pub use upload::{
    AllowError, ConsumeError, Consumed, Fault, MAX_UPLOADS, TempUpload, Upload, UploadEnd, UploadEntry,
    UploadError, UploadOptions, UploadWriter,
};
pub use view::View;
pub use way::Way;
pub use work::{Async, AsyncState, LoadError, MAX_WORK};

pub use crate::telemetry::Panic;

pub use firecrest_live::*;

pub(crate) use table::Live;
pub(crate) use tokens::verify_flash;
