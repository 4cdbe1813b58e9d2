//! Time, processor time and memory of a phase.

use serde::Serialize;

use crate::process::Process;

/// How often memory is looked at for its peak, in nanoseconds.
const SAMPLE_EVERY: u64 = 250_000_000;

/// Watches the server's process, if one was named, and this one.
#[derive(Debug)]
pub(crate) struct Watch {
    server: Option<Process>,
    own: Process,
    before: u64,
    peak: u64,
    sample_due: u64,
}

/// The beginning of a phase.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    at: u64,
    server_cpu: f64,
    client_cpu: f64,
}

/// What a phase took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Phase {
    pub(crate) elapsed_seconds: f64,
    pub(crate) client_cpu_seconds: f64,
    pub(crate) server_cpu_seconds: f64,
}

/// What the server used.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ServerUse {
    pub(crate) cpu_seconds: f64,
    pub(crate) cpu_us_per_unit: f64,
    pub(crate) rss_before_bytes: u64,
    pub(crate) rss_bytes: u64,
    pub(crate) rss_peak_bytes: u64,
    pub(crate) bytes_per_connection: f64,
    pub(crate) rss_after_close_bytes: Option<u64>,
    pub(crate) kept_fraction: Option<f64>,
}

impl Watch {
    /// Begins to watch; memory as it is now is what it is before the first connection. None when there is no such
    /// process.
    pub(crate) fn new(pid: Option<u32>) -> Option<Watch> {
        let server = pid.map(Process::new);
        let before = server.as_ref().map_or(Some(0), |server| server.rss_bytes().ok())?;
        Some(Watch { server, own: Process::own(), before, peak: before, sample_due: 0 })
    }

    /// The beginning of a phase.
    pub(crate) fn mark(&self, now: u64) -> Mark {
        let (server_cpu, client_cpu) = self.cpu();
        Mark { at: now, server_cpu, client_cpu }
    }

    /// The end of a phase.
    pub(crate) fn phase(&self, mark: Mark, now: u64) -> Phase {
        let (server_cpu, client_cpu) = self.cpu();
        Phase {
            elapsed_seconds: (now - mark.at) as f64 / 1e9,
            client_cpu_seconds: client_cpu - mark.client_cpu,
            server_cpu_seconds: (server_cpu - mark.server_cpu).max(0.0),
        }
    }

    /// Looks at the memory if it is time to.
    pub(crate) fn sample(&mut self, now: u64) {
        if now >= self.sample_due {
            self.sample_due = now + SAMPLE_EVERY;
            self.rss();
        }
    }

    /// The server's memory now, in bytes; none when no process was named or it is gone.
    pub(crate) fn rss(&mut self) -> Option<u64> {
        let rss = self.server.as_ref()?.rss_bytes().ok()?;
        self.peak = self.peak.max(rss);
        Some(rss)
    }

    /// Sums it up: `rss` with all `connections`, `after_close` when they were closed again.
    pub(crate) fn server_use(
        &self,
        phase: &Phase,
        units: u64,
        connections: usize,
        (rss, after_close): (Option<u64>, Option<u64>),
    ) -> Option<ServerUse> {
        self.server.as_ref()?;
        let rss = rss?;
        let grown = |bytes: u64| bytes as f64 - self.before as f64;
        Some(ServerUse {
            cpu_seconds: phase.server_cpu_seconds,
            cpu_us_per_unit: per_unit(phase.server_cpu_seconds, units),
            rss_before_bytes: self.before,
            rss_bytes: rss,
            rss_peak_bytes: self.peak,
            bytes_per_connection: grown(rss) / connections.max(1) as f64,
            rss_after_close_bytes: after_close,
            kept_fraction: after_close.map(|after| grown(after) / grown(self.peak).max(1.0)),
        })
    }

    fn cpu(&self) -> (f64, f64) {
        let server = self.server.as_ref().and_then(|server| server.cpu_seconds().ok());
        (server.unwrap_or(0.0), self.own.cpu_seconds().unwrap_or(0.0))
    }
}

impl Phase {
    /// Adds another phase of the same kind.
    pub(crate) fn add(&mut self, other: &Phase) {
        self.elapsed_seconds += other.elapsed_seconds;
        self.client_cpu_seconds += other.client_cpu_seconds;
        self.server_cpu_seconds += other.server_cpu_seconds;
    }
}

/// Microseconds of processor time for each unit; 0 without units.
pub(crate) fn per_unit(cpu_seconds: f64, units: u64) -> f64 {
    if units == 0 { 0.0 } else { cpu_seconds * 1e6 / units as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_counted_from_before_the_first_connection() {
        let server = Some(Process::own());
        let watch = Watch { server, own: Process::own(), before: 1000, peak: 5000, sample_due: 0 };
        let phase = Phase { elapsed_seconds: 2.0, client_cpu_seconds: 0.5, server_cpu_seconds: 1.0 };
        let used = watch.server_use(&phase, 100_000, 4, (Some(4000), Some(2000))).unwrap();
        assert_eq!((used.cpu_us_per_unit, used.bytes_per_connection), (10.0, 750.0));
        assert_eq!(used.kept_fraction, Some(0.25));
        assert!(watch.server_use(&phase, 1, 1, (None, None)).is_none());
    }

    #[test]
    fn without_a_process_nothing_is_known() {
        let mut watch = Watch::new(None).unwrap();
        let phase = watch.phase(watch.mark(0), 1_000_000_000);
        assert_eq!((watch.rss(), phase.elapsed_seconds, phase.server_cpu_seconds), (None, 1.0, 0.0));
        assert!(watch.server_use(&phase, 1, 1, (Some(1), None)).is_none());
        assert!(Watch::new(Some(u32::MAX)).is_none());
    }
}
