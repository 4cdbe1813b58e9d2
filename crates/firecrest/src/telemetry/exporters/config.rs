//! Which exporters there are, and their options.

use super::{ExportersError, Installed, installed};

/// Where StatsD daemons listen, unless told otherwise.
const STATSD: &str = "127.0.0.1:8125";

/// What may become of an application's metrics, its own and those of the framework: they can be fetched by Prometheus (the feature
/// `prometheus` of this crate), or sent to a StatsD daemon that understands tags (`statsd`), or both.
///
/// ```no_run
/// # async fn run(endpoint: firecrest::Endpoint, app: axum::Router) -> Result<(), Box<dyn std::error::Error>> {
/// use firecrest::telemetry::Exporters;
///
/// let metrics = Exporters::from_env()?.install()?;
/// endpoint.serve("127.0.0.1:4000", app.merge(metrics.router())).await?;
/// # Ok(()) }
/// ```
///
/// **Prometheus**: times and sizes are histograms with fixed buckets, from 10 µs to 10 s and from 64 bytes to 1 MiB; each metric comes
/// with its meaning.
///
/// **StatsD**: datagrams of at most 1,432 bytes, half a second's metrics each, in the lines of DogStatsD: counters `c`, gauges `g`, and
/// histograms `h` of which several values may be in a line. Of a histogram 1,024 values in half a second are sent at most, with the rate that
/// they were chosen at. In names and tags `:`, `|`, `@`, `#`, commas and line ends become `_`, and a tag is cut at 200 bytes. A daemon that is
/// not there keeps nobody waiting: what it misses is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "exporters do nothing until they are installed"]
pub struct Exporters {
    pub(super) prometheus: bool,
    pub(super) statsd: Option<StatsD>,
    pub(super) prefix: Option<String>,
    pub(super) tags: Vec<(String, String)>,
}

/// A StatsD daemon: host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatsD(pub(super) String);

impl Exporters {
    /// None yet.
    pub fn new() -> Self {
        Exporters::default()
    }

    /// The exporters that the environment asks for.
    ///
    /// | variable | meaning | default |
    /// | --- | --- | --- |
    /// | `FIRECREST_METRICS` | `prometheus`, `statsd`, both with a comma between, or `none` | `prometheus`, if this program has it |
    /// | `FIRECREST_STATSD` | the daemon, `udp://HOST:PORT` | `udp://127.0.0.1:8125` |
    /// | `FIRECREST_STATSD_PREFIX` | what all names begin with, before a dot | nothing |
    /// | `FIRECREST_STATSD_TAGS` | tags of everything, `region:eu,env:prod` | none |
    ///
    /// # Errors
    /// When a variable cannot be read; the error says what is allowed.
    pub fn from_env() -> Result<Self, ExportersError> {
        // What is no text is no value either, and is said to be none.
        let variable = |name| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        Self::from_variables(|name| variable(name).filter(|value| !value.is_empty()))
    }

    pub(super) fn from_variables(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, ExportersError> {
        let mut exporters = Exporters::new();
        let usual = if cfg!(feature = "prometheus") { "prometheus" } else { "none" };
        let wanted = variable("FIRECREST_METRICS").unwrap_or_else(|| usual.into());
        for name in wanted.split(',').map(str::trim) {
            exporters = match name {
                "prometheus" => exporters.prometheus(),
                "statsd" => exporters.statsd(variable("FIRECREST_STATSD").as_deref().unwrap_or(STATSD))?,
                "none" => exporters,
                _ => {
                    let expected = "`prometheus`, `statsd`, both with a comma between, or `none`";
                    return Err(ExportersError::variable("FIRECREST_METRICS", &wanted, expected));
                }
            };
        }
        if let Some(prefix) = variable("FIRECREST_STATSD_PREFIX") {
            exporters = exporters.statsd_prefix(prefix);
        }
        if let Some(tags) = variable("FIRECREST_STATSD_TAGS") {
            for tag in tags.split(',').map(str::trim) {
                let expected = "tags such as `region:eu,env:prod`";
                let parts = tag.split_once(':').filter(|(key, value)| !key.is_empty() && !value.is_empty());
                let (key, value) = parts
                    .ok_or_else(|| ExportersError::variable("FIRECREST_STATSD_TAGS", &tags, expected))?;
                exporters = exporters.statsd_tag(key, value);
            }
        }
        Ok(exporters)
    }

    /// Lets Prometheus fetch the metrics.
    pub fn prometheus(mut self) -> Self {
        self.prometheus = true;
        self
    }

    /// Sends the metrics to a StatsD daemon: `udp://HOST:PORT`, or `HOST:PORT`. It must have an IPv4 address.
    ///
    /// # Errors
    /// When that is no address. Whether the name is known is seen when the exporters are [installed](Self::install).
    pub fn statsd(mut self, address: &str) -> Result<Self, ExportersError> {
        let place = address.strip_prefix("udp://").unwrap_or(address);
        let (host, port) = place.rsplit_once(':').unwrap_or_default();
        if host.is_empty() || host.contains(['/', ':']) || !port.parse::<u16>().is_ok_and(|port| port > 0) {
            return Err(ExportersError::variable("FIRECREST_STATSD", address, "`udp://HOST:PORT`"));
        }
        self.statsd = Some(StatsD(place.into()));
        Ok(self)
    }

    /// What all names begin with at the StatsD daemon; a dot follows. Default: nothing.
    pub fn statsd_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// A tag of everything that is sent to the StatsD daemon. Default: none.
    pub fn statsd_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }

    /// Makes them the recorder of this process, for good: call it first thing in `main`, so that nothing is missed. What the framework
    /// counts on its hot paths is handed over by [`Endpoint::serve`](crate::Endpoint::serve) and by who reads it; see
    /// [`publish`](crate::telemetry::publish).
    ///
    /// # Errors
    /// When a recorder is installed already, an exporter was left out when this program was built, or the name of the StatsD daemon is
    /// not known.
    pub fn install(self) -> Result<Installed, ExportersError> {
        installed::install(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Exporters, ExportersError> {
        Exporters::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn g053_the_environment_chooses_one_both_or_none() {
        assert_eq!(from(&[("FIRECREST_METRICS", "prometheus")]), Ok(Exporters::new().prometheus()));
        let local = Exporters::new().statsd("127.0.0.1:8125").unwrap();
        assert_eq!(from(&[("FIRECREST_METRICS", "statsd")]), Ok(local));
        let away = ("FIRECREST_STATSD", "udp://stats.example:8126");
        let both = Exporters::new().prometheus().statsd("stats.example:8126").unwrap();
        assert_eq!(from(&[("FIRECREST_METRICS", "prometheus, statsd"), away]), Ok(both));
        assert_eq!(from(&[("FIRECREST_METRICS", "none")]), Ok(Exporters::new()));
        assert_eq!(from(&[]).unwrap().prometheus, cfg!(feature = "prometheus"));
    }

    #[test]
    fn g053_prefix_and_tags_come_from_the_environment_too() {
        let variables = [
            ("FIRECREST_METRICS", "none"),
            ("FIRECREST_STATSD_PREFIX", "shop"),
            ("FIRECREST_STATSD_TAGS", "region:eu, url:http://x"),
        ];
        let expected =
            Exporters::new().statsd_prefix("shop").statsd_tag("region", "eu").statsd_tag("url", "http://x");
        assert_eq!(from(&variables), Ok(expected));
    }

    #[test]
    fn what_is_not_allowed_is_named_with_what_is() {
        for (variable, value, allowed) in [
            ("FIRECREST_METRICS", "graphite", "`prometheus`, `statsd`"),
            ("FIRECREST_METRICS", "statsd,", "`none`"),
            ("FIRECREST_STATSD", "unix:///run/x", "udp://HOST:PORT"),
            ("FIRECREST_STATSD", "localhost", "udp://HOST:PORT"),
            ("FIRECREST_STATSD", "localhost:0", "udp://HOST:PORT"),
            ("FIRECREST_STATSD_TAGS", "region", "`region:eu,env:prod`"),
        ] {
            let mut variables = vec![(variable, value)];
            if variable != "FIRECREST_METRICS" {
                variables.push(("FIRECREST_METRICS", "statsd"));
            }
            let error = from(&variables).unwrap_err().to_string();
            assert!([variable, value, allowed].iter().all(|part| error.contains(part)), "{error}");
        }
    }
}
