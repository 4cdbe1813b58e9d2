//! The endpoint itself.

use std::sync::Arc;

use firecrest_pubsub::PubSub;
use tokio_util::task::TaskTracker;

use super::counters::LazyTally;
use super::shutdown::Last;
use super::state::States;
use super::{DrainOptions, EndpointBuilder, EndpointError, Registry};
use crate::hub::{self, Hub};
use crate::live::{Live, LiveMount};
use crate::presence::{self, Presence};
use crate::session::{SessionConfig, SessionLayer};
use crate::socket::{Socket, SocketMount, SocketOptions};
use crate::telemetry::Traffic;
use crate::token::SecretKeyBase;
use crate::transport::OriginPolicy;
use crate::transport::longpoll::Sessions;
use crate::viewers::{self, Viewers};

/// What all sockets of an application share: topics, secrets, policies. Clones are the same endpoint.
#[derive(Clone)]
pub struct Endpoint {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) pubsub: PubSub,
    pub(super) node: String,
    pub(super) host: Option<String>,
    pub(super) secret: SecretKeyBase,
    pub(super) origin: OriginPolicy,
    pub(super) session: SessionConfig,
    pub(super) drain: Option<DrainOptions>,
    pub(super) connections: Arc<Registry>,
    pub(super) sessions: Sessions,
    pub(super) tracker: TaskTracker,
    pub(super) live: Live,
    pub(super) viewers: Arc<viewers::Registry>,
    pub(super) presence: Arc<presence::Service>,
    pub(super) hub: Arc<hub::Core>,
    pub(super) last: Last,
    pub(super) states: States,
    pub(super) tally: LazyTally,
}

impl Endpoint {
    /// An endpoint with everything at its default but what is set.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::default()
    }

    /// An endpoint configured by the environment.
    ///
    /// | variable | meaning | default |
    /// | --- | --- | --- |
    /// | `FIRECREST_ENV` | `development` or `production`, where session cookies need HTTPS | `development` |
    /// | `FIRECREST_SECRET_KEY_BASE` | the secret all others are derived from, at least 64 bytes | in development a random one, and a warning; in production it must be set |
    /// | `FIRECREST_HOST` | public host name or address, without scheme, port or path | the `Host` of each request |
    /// | `FIRECREST_CHECK_ORIGIN` | `host`, `conn`, `any`, or origins separated by commas | `host` |
    /// | `FIRECREST_TALLY` | the file that durable counters are kept in, in a folder that exists | in memory, and a warning when they are first asked for |
    /// | `FIRECREST_CLUSTER` | the broker that connects this node with others, `redis://…` or `nats://…`, with the feature of that name | no others |
    /// | `FIRECREST_ANNOTATE` | `true`: live pages say where in the source they come from, as far as they were compiled with debug assertions | `false` |
    /// | `FIRECREST_NODE` | this node's name, unique in a cluster | a random one |
    ///
    /// # Errors
    /// When a variable cannot be read, the host is none, the secret is missing in production or too short, the file of counters
    /// cannot be opened, or no engine can use the URL of the cluster.
    pub fn from_env() -> Result<Self, EndpointError> {
        EndpointBuilder::from_env()?.build()
    }

    pub(super) fn new(inner: Inner) -> Self {
        Endpoint { inner: Arc::new(inner) }
    }

    /// Mounts a socket at a path: `router.merge(endpoint.socket::<UserSocket>("/socket"))` serves `/socket/websocket` and
    /// `/socket/longpoll`. The path may contain `:variables`.
    pub fn socket<S: Socket>(&self, path: &str) -> SocketMount<S> {
        SocketMount::new(self.clone(), path)
    }

    /// Serves live views as pages, and their socket at a path: `router.merge(endpoint.live("/live").page::<Counter>("/"))`.
    pub fn live(&self, path: &str) -> LiveMount {
        LiveMount::new(self.clone(), path, Some(SocketOptions::default()))
    }

    /// Serves live views as pages whose socket at this path is mounted elsewhere: by [`live`](Self::live), or as a socket of your
    /// own ([`LiveHost`](crate::live::LiveHost)).
    pub fn pages(&self, path: &str) -> LiveMount {
        LiveMount::new(self.clone(), path, None)
    }

    /// A layer that gives pages a [`Session`](crate::session::Session) in a signed cookie.
    pub fn session_layer(&self) -> SessionLayer {
        SessionLayer::new(self.inner.secret.clone(), self.inner.session.clone())
    }

    /// Topics and subscriptions.
    pub fn pubsub(&self) -> &PubSub {
        &self.inner.pubsub
    }

    /// Who looks at a topic now, on all nodes.
    pub fn viewers(&self, topic: &str) -> Viewers {
        self.inner.viewers.viewers(topic)
    }

    /// Who is where, on all nodes.
    pub fn presence(&self) -> Presence {
        Presence::new(&self.inner.presence)
    }

    /// Messages between the parts of the program, on all nodes.
    pub fn hub(&self) -> Hub {
        Hub::new(&self.inner.hub)
    }

    /// This node's name.
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// The public host name, if one is configured; an IPv6 address is in brackets.
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }

    /// The secret that tokens and sessions are signed with.
    pub fn secret(&self) -> &SecretKeyBase {
        &self.inner.secret
    }

    /// Which origins may connect, unless a mount says otherwise.
    pub fn origin_policy(&self) -> &OriginPolicy {
        &self.inner.origin
    }

    /// How sessions are kept.
    pub fn session_config(&self) -> &SessionConfig {
        &self.inner.session
    }

    /// How many clients are connected to this node.
    pub fn connections(&self) -> usize {
        self.inner.connections.len()
    }

    /// Messages and bytes between this process and its clients, since it began: of all its endpoints.
    pub fn traffic(&self) -> Traffic {
        Traffic::now()
    }

    pub(super) fn lazy_tally(&self) -> &LazyTally {
        &self.inner.tally
    }

    pub(super) fn states(&self) -> &States {
        &self.inner.states
    }

    pub(super) fn last(&self) -> &Last {
        &self.inner.last
    }

    pub(crate) fn hub_core(&self) -> &Arc<hub::Core> {
        &self.inner.hub
    }

    pub(crate) fn presence_service(&self) -> &Arc<presence::Service> {
        &self.inner.presence
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.inner.connections
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    pub(crate) fn live_table(&self) -> &Live {
        &self.inner.live
    }

    pub(crate) fn drain_options(&self) -> Option<DrainOptions> {
        self.inner.drain
    }

    /// Counts the tasks of connections, so that a shutdown can wait for them.
    pub(crate) fn tracker(&self) -> &TaskTracker {
        &self.inner.tracker
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("node", &self.node())
            .field("connections", &self.connections())
            .finish()
    }
}
