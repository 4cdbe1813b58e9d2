//! Configuring an endpoint.

use std::fmt;
use std::sync::Arc;

use firecrest_pubsub::PubSub;
use firecrest_pubsub::cluster::{Cluster, Node};
use firecrest_tally::{OpenError, Tally};
use tokio_util::task::TaskTracker;

use super::counters::Counters;
use super::endpoint::Inner;
use super::host::public_host;
use super::shutdown::Last;
use super::state::States;
use super::{ClusterUrlError, DrainOptions, Endpoint, Registry, engine};
use crate::connection::flush;
use crate::hub;
use crate::live::Live;
use crate::presence::{self, PresenceOptions, PresenceOptionsError};
use crate::session::SessionConfig;
use crate::token::{SecretError, SecretKeyBase};
use crate::transport::longpoll::Sessions;
use crate::transport::{OriginPatternError, OriginPolicy};
use crate::viewers;

/// The options of an [`Endpoint`], each with a default.
#[must_use]
pub struct EndpointBuilder {
    secret: Option<String>,
    production: bool,
    host: Option<String>,
    node: Option<String>,
    origin: OriginPolicy,
    session: SessionConfig,
    drain: Option<DrainOptions>,
    counters: Counters,
    cluster: Option<Arc<dyn Cluster>>,
    presence: PresenceOptions,
    annotates: bool,
}

impl Default for EndpointBuilder {
    fn default() -> Self {
        EndpointBuilder {
            secret: None,
            production: false,
            host: None,
            node: None,
            origin: OriginPolicy::default(),
            session: SessionConfig::new("firecrest session"),
            drain: Some(DrainOptions::default()),
            counters: Counters::Memory,
            cluster: None,
            presence: PresenceOptions::default(),
            annotates: false,
        }
    }
}

/// What is wrong with the configuration of an endpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Production needs a secret of its own.
    #[error(
        "FIRECREST_SECRET_KEY_BASE is not set: in production tokens and sessions must survive a restart. Make one with \
         `openssl rand -base64 64 | tr -d '\\n'` and keep it secret"
    )]
    NoSecret,
    /// The secret is too short.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An origin that is none.
    #[error("FIRECREST_CHECK_ORIGIN: {0}")]
    Origin(#[from] OriginPatternError),
    /// A public host that is more than a host, or less.
    #[error(
        "the public host (FIRECREST_HOST) is {0:?}, but must be a bare name or address such as `example.com` or \
         `2001:db8::1`, in ASCII and without scheme, port or path"
    )]
    Host(String),
    /// The file of the durable counters cannot be opened.
    #[error("FIRECREST_TALLY: {0}")]
    Tally(#[from] OpenError),
    /// The URL of the cluster cannot be used.
    #[error("the URL of the cluster (FIRECREST_CLUSTER): {0}")]
    Cluster(#[from] ClusterUrlError),
    /// Options of presence that contradict each other (P059, P060).
    #[error(transparent)]
    Presence(#[from] PresenceOptionsError),
    /// An environment variable with an unknown value.
    #[error("{name} is {value:?}, but must be {expected}")]
    Variable {
        /// Its name.
        name: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        expected: &'static str,
    },
}

impl EndpointBuilder {
    /// Options from the environment; see [`Endpoint::from_env`].
    ///
    /// # Errors
    /// When a variable cannot be read.
    pub fn from_env() -> Result<Self, EndpointError> {
        Self::from_variables(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    pub(super) fn from_variables(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, EndpointError> {
        let production = match variable("FIRECREST_ENV").as_deref() {
            None | Some("development") => false,
            Some("production") => true,
            Some(value) => {
                let (name, expected) = ("FIRECREST_ENV", "`development` or `production`");
                return Err(EndpointError::Variable { name, value: value.into(), expected });
            }
        };
        let annotates = match variable("FIRECREST_ANNOTATE").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(value) => {
                let (name, expected) = ("FIRECREST_ANNOTATE", "`true` or `false`");
                return Err(EndpointError::Variable { name, value: value.into(), expected });
            }
        };
        let origin = match variable("FIRECREST_CHECK_ORIGIN").as_deref() {
            None | Some("host") => OriginPolicy::Host,
            Some("conn") => OriginPolicy::SameAsRequest,
            Some("any") => OriginPolicy::Any,
            Some(list) => OriginPolicy::list(list.split(',').map(str::trim))?,
        };
        Ok(EndpointBuilder {
            secret: variable("FIRECREST_SECRET_KEY_BASE"),
            production,
            host: variable("FIRECREST_HOST"),
            node: variable("FIRECREST_NODE"),
            origin,
            counters: variable("FIRECREST_TALLY")
                .map_or(Counters::Memory, |path| Counters::File(path.into())),
            cluster: variable("FIRECREST_CLUSTER").map(|url| engine::by_url(&url)).transpose()?,
            annotates,
            ..Self::default()
        })
    }

    /// The secret all others are derived from, at least 64 bytes. Default: a random one, so that no token or session
    /// survives a restart.
    pub fn secret_key_base(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Whether this is production, where a secret must be set and session cookies are restricted to HTTPS, unless the
    /// session's [`secure`](SessionConfig::secure) says otherwise. Default: no.
    pub fn production(mut self, production: bool) -> Self {
        self.production = production;
        self
    }

    /// The public host name or address, for the origin check: without scheme, port or path; an IPv6 address with or without
    /// brackets. Default: the `Host` of each request.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// This node's name, unique in a cluster. Default: a random one.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    /// Which origins may connect. Default: the own host.
    pub fn check_origin(mut self, policy: OriginPolicy) -> Self {
        self.origin = policy;
        self
    }

    /// How sessions are kept. Default: a signed cookie.
    pub fn session(mut self, session: SessionConfig) -> Self {
        self.session = session;
        self
    }

    /// How connections are drained at shutdown; none closes them all at once. Default: see [`DrainOptions`].
    pub fn drain(mut self, drain: Option<DrainOptions>) -> Self {
        self.drain = drain;
        self
    }

    /// Where durable counters are kept: [`Endpoint::tally`]. Default: in memory, which the log warns of when they are first asked for.
    pub fn tally(mut self, tally: Tally) -> Self {
        self.counters = Counters::Given(tally);
        self
    }

    /// What connects this node with others: an engine such as `firecrest-redis` or `firecrest-nats`. It connects when the endpoint
    /// is built, if that is within a tokio runtime, or else when it is [served](Endpoint::serve), and goes on trying for as long
    /// as it takes: a node without the others serves its own clients. Default: none, this is the only node.
    pub fn cluster(mut self, cluster: impl Cluster) -> Self {
        self.cluster = Some(Arc::new(cluster));
        self
    }

    /// As [`cluster`](Self::cluster), with the engine that a URL names: `redis://` or `rediss://` with the feature `redis`, `nats://` or
    /// `tls://` with the feature `nats`, each with user and password if there are any.
    ///
    /// # Errors
    /// When no engine can use the URL. Whether somebody answers there shows later: [`Endpoint::cluster_health`].
    pub fn cluster_url(mut self, url: &str) -> Result<Self, EndpointError> {
        self.cluster = Some(engine::by_url(url)?);
        Ok(self)
    }

    /// How presence works: [`Endpoint::presence`]. Default: see [`PresenceOptions`].
    pub fn presence(mut self, options: PresenceOptions) -> Self {
        self.presence = options;
        self
    }

    /// Has live pages say where in the source they come from, as far as they were compiled with debug assertions (F018, F019):
    /// comments around templates, the line of each tag, and the type of each view. It is said by all endpoints of the process
    /// then; see [`annotate`](crate::live::annotate). Default: no.
    pub fn annotate(mut self, on: bool) -> Self {
        self.annotates = on;
        self
    }

    /// The endpoint.
    ///
    /// # Errors
    /// When the secret is too short, or missing in production, when the host is none, when the file of `FIRECREST_TALLY` cannot
    /// be opened, or when options of presence contradict each other.
    pub fn build(self) -> Result<Endpoint, EndpointError> {
        let checked = |host: String| public_host(&host).ok_or(EndpointError::Host(host));
        let host = self.host.map(checked).transpose()?;
        let secret = match self.secret {
            Some(secret) => SecretKeyBase::new(secret)?,
            None if self.production => return Err(EndpointError::NoSecret),
            None => {
                tracing::warn!(
                    "no secret key base is set: a random one is used, tokens and sessions end with this process"
                );
                SecretKeyBase::random()
            }
        };
        if self.annotates {
            firecrest_live::annotate(true);
        }
        let tally = self.counters.open()?;
        let node = self.node.unwrap_or_else(|| format!("node-{:08x}", rand::random::<u32>()));
        tracing::info!(node, host, production = self.production, "endpoint ready");
        let pubsub = match self.cluster {
            Some(cluster) => {
                let node = Node::new(&node, rand::random());
                PubSub::with_cluster(flush::broadcast, node, cluster, is_local)
            }
            None => PubSub::with_around(flush::broadcast),
        };
        let presence = presence::Service::new(&pubsub, &node, self.presence)?;
        let hub = hub::Core::new(&pubsub);
        if tokio::runtime::Handle::try_current().is_ok() {
            pubsub.start();
            presence.start_with_others();
            hub.start();
        }
        let viewers = match pubsub.node() {
            Some(_) => viewers::Registry::with_others(Arc::clone(&presence)),
            None => viewers::Registry::default(),
        };
        let tracker = TaskTracker::new();
        let sessions = Sessions::new(&pubsub, &secret, &tracker);
        Ok(Endpoint::new(Inner {
            pubsub,
            node,
            host,
            secret,
            origin: self.origin,
            session: if self.production { self.session.for_production() } else { self.session },
            drain: self.drain,
            connections: Arc::new(Registry::default()),
            sessions,
            tracker,
            live: Live::new(),
            viewers: Arc::new(viewers),
            presence,
            hub,
            last: Last::default(),
            states: States::default(),
            tally,
        }))
    }
}

/// Whether a topic concerns this node only. A live view is one process's, and so is its topic; what views hear of each other comes
/// over topics that they subscribe to.
fn is_local(topic: &str) -> bool {
    topic.starts_with("lv:")
}

/// Without the secret.
impl fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder")
            .field("secret", &self.secret.as_ref().map(|_| format_args!("[redacted]")))
            .field("production", &self.production)
            .field("host", &self.host)
            .field("node", &self.node)
            .field("origin", &self.origin)
            .field("session", &self.session)
            .field("drain", &self.drain)
            .field("counters", &self.counters)
            .field("cluster", &self.cluster)
            .field("presence", &self.presence)
            .field("annotates", &self.annotates)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Uri};

    use super::*;
    use crate::session::Secure;

    fn build(variables: &'static [(&'static str, &'static str)]) -> Result<Endpoint, EndpointError> {
        let find =
            |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        EndpointBuilder::from_variables(find)?.build()
    }

    #[test]
    fn development_gets_a_random_secret_and_production_refuses() {
        assert!(build(&[]).is_ok());
        assert!(matches!(build(&[("FIRECREST_ENV", "production")]), Err(EndpointError::NoSecret)));
    }

    #[test]
    fn a_short_secret_is_refused_at_start() {
        let error = build(&[("FIRECREST_SECRET_KEY_BASE", "short")]).unwrap_err().to_string();
        assert!(error.contains("64"), "{error}");
    }

    #[test]
    fn the_secret_is_not_shown() {
        let builder = EndpointBuilder::default().host("example.com").secret_key_base("geheim".repeat(11));
        let shown = format!("{builder:?}");
        assert!(shown.contains("[redacted]") && shown.contains("example.com"), "{shown}");
        assert!(!shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn cookies_are_restricted_to_https_in_production() {
        let is_secure = |production, secure| {
            let session = SessionConfig::new("salt").secure(secure);
            let builder = EndpointBuilder::default().secret_key_base("s".repeat(64)).session(session);
            let endpoint = builder.production(production).build().unwrap();
            endpoint.session_config().is_secure(&Uri::from_static("/"), &HeaderMap::new())
        };
        assert!(is_secure(true, Secure::Auto) && !is_secure(false, Secure::Auto));
        assert!(is_secure(false, Secure::Always) && !is_secure(true, Secure::Never));
    }

    #[test]
    fn the_host_is_a_bare_name_or_address() {
        let host = |value: &str| EndpointBuilder::default().host(value).build();
        assert_eq!(host("example.com").unwrap().host(), Some("example.com"));
        assert_eq!(host("2001:db8::1").unwrap().host(), Some("[2001:db8::1]"));
        let error = build(&[("FIRECREST_HOST", "https://example.com:4000")]).unwrap_err();
        assert!(matches!(error, EndpointError::Host(_)));
        let text = error.to_string();
        assert!(text.contains("FIRECREST_HOST") && text.contains("https://example.com:4000"), "{text}");
    }

    #[test]
    fn o_6_a_cluster_that_cannot_be_is_an_error_at_start_without_its_password() {
        let error = build(&[("FIRECREST_CLUSTER", "amqp://me:geheim@localhost")]).unwrap_err().to_string();
        assert!(error.contains("FIRECREST_CLUSTER") && error.contains("amqp"), "{error}");
        assert!(!error.contains("geheim"), "{error}");
    }

    #[test]
    fn o_2_origins_from_the_environment() {
        let policy = |value| build(value).unwrap().origin_policy().clone();
        assert_eq!(policy(&[]), OriginPolicy::Host);
        assert_eq!(policy(&[("FIRECREST_CHECK_ORIGIN", "conn")]), OriginPolicy::SameAsRequest);
        let list = OriginPolicy::list(["//a.com", "https://b.com"]).unwrap();
        assert_eq!(policy(&[("FIRECREST_CHECK_ORIGIN", "//a.com, https://b.com")]), list);
        assert!(build(&[("FIRECREST_CHECK_ORIGIN", "nonsense")]).is_err());
        assert!(build(&[("FIRECREST_ANNOTATE", "1")]).unwrap_err().to_string().contains("`true` or `false`"));
        assert!(build(&[("FIRECREST_ENV", "prod")]).unwrap_err().to_string().contains("production"));
    }
}
