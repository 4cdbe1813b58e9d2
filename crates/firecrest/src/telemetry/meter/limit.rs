//! Bounds that were reached.

use super::count;

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $label:literal,)*) => {
        /// A bound, each of which has an option or a constant that says what happens at it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Limit {
            $($(#[$doc])* $name,)*
        }

        impl Limit {
            /// All of them.
            pub(crate) const ALL: [Limit; [$($label),*].len()] = [$(Limit::$name),*];

            /// As the label says it.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(Limit::$name => $label,)*
                }
            }
        }
    };
}

limits! {
    /// A client's messages that wait for its channel.
    ChannelEvents = "channel_events",
    /// Other messages that wait for a channel.
    ChannelInfos = "channel_infos",
    /// Replies that a channel owes.
    ChannelDeferred = "channel_deferred",
    /// Timers of a channel or view.
    Timers = "timers",
    /// Channels of one connection.
    Channels = "channels",
    /// Half of an outbox: its client is not read.
    OutboxHalf = "outbox_half",
    /// Frames and bytes that wait for a client.
    Outbox = "outbox",
    /// The size of a client's message.
    MessageSize = "message_size",
    /// Long-poll sessions of this node.
    LongPollSessions = "longpoll_sessions",
    /// Requests that wait for other nodes' sessions.
    LongPollAsked = "longpoll_asked",
    /// Requests that other nodes wait for.
    LongPollServed = "longpoll_served",
    /// Messages between nodes that come in pieces.
    LongPollPieces = "longpoll_pieces",
    /// Views that wait for their socket.
    ParkedViews = "parked_views",
    /// Shared views of this node.
    SharedViews = "shared_views",
    /// Viewers' events that wait for a shared view.
    SharedEvents = "shared_events",
    /// Infos and broadcasts that wait for a shared view.
    SharedMail = "shared_mail",
    /// Crashes of a shared view in a short time.
    SharedRestarts = "shared_restarts",
    /// Live values that a view watches.
    LiveValues = "live_values",
    /// Works in the background of a view.
    Work = "work",
    /// Hooks of a view.
    Hooks = "hooks",
    /// Components of a view.
    Components = "components",
    /// Addresses in a row that a view sends itself to.
    Patches = "patches",
    /// Rows of a topic's presence, and of this node's.
    PresenceRows = "presence_rows",
    /// Calls of one channel to presence.
    PresenceCalls = "presence_calls",
    /// Messages about presence that wait.
    PresenceMessages = "presence_messages",
    /// Questions of a query that are watched.
    Questions = "questions",
    /// Messages of the hub that wait for one who listens.
    HubQueue = "hub_queue",
    /// Topics of the hub that have handles.
    HubTopics = "hub_topics",
    /// Patterns that this node wants the others to send.
    HubPatterns = "hub_patterns",
    /// Nodes whose wishes the hub knows, and that the graph of activity counts.
    HubNodes = "hub_nodes",
    /// Types of channels or views that have metrics of their own.
    Labels = "labels",
}

/// Counts that a bound was reached. It may be called under any lock.
pub(crate) fn reached(limit: Limit) {
    count::add_limit(limit);
}

impl Limit {
    /// How often it was reached since the process began.
    pub(crate) fn total(self) -> u64 {
        count::total_of(self)
    }
}
