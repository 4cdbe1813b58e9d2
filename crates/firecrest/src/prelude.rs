//! What an application needs most: `use firecrest::prelude::*`.

use std::time::Duration;

pub use firecrest_pubsub::Broadcast;
pub use firecrest_wire::Payload;
pub use serde_json::json;

pub use crate::channel::{
    Binary, Channel, Context, DeferredReply, Join, Joined, NoEvents, Outcome, Raw, Reason, Rejected, Reply,
    Stop,
};
pub use crate::endpoint::Endpoint;
pub use crate::hub::{Every, Feed, Hub, Keep, PollError, Topic};
pub use crate::live::shared::{Shared, SharedOptions, SharedView, Start, Viewer, shared};
pub use crate::live::{
    Async, AsyncState, Attrs, ComponentCx, Html, Js, LiveComponent, LiveConnection, LiveHost, LiveView,
    Mount, MountError, MountHook, Raw as RawHtml, Rendering, SlotFn, Stream, Updates, View, ViewOptions,
    link, live_component, nested,
};
pub use crate::presence::Presence;
pub use crate::query::Query;
pub use crate::socket::{Channels, Connect, Refused, Socket};
pub use crate::source::Source;
pub use crate::{component, html};

/// 60 minutes.
pub const HOUR: Duration = Duration::from_secs(60 * 60);

/// 24 hours.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
