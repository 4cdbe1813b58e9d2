//! What a process has used.

use std::{fs, io};

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// Linux numbers processes below this, on every architecture.
const NOBODY: u32 = 1 << 22;

/// A process that is watched.
#[derive(Clone, Debug)]
pub(crate) struct Process(Pid);

impl Process {
    /// The process with this number.
    pub(crate) fn new(pid: u32) -> Process {
        // A clock's name has no room for larger numbers; one that nobody has is as good as one that is gone.
        Process(Pid::from_raw(pid.min(NOBODY) as i32))
    }

    /// This process.
    pub(crate) fn own() -> Process {
        Process(Pid::this())
    }

    /// Processor time used so far in seconds, user and system, all threads, to the nanosecond.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        let used = clock_getcpuclockid(self.0).and_then(ClockId::now)?;
        Ok(used.tv_sec() as f64 + used.tv_nsec() as f64 / 1e9)
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn rss_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        rss(&status).ok_or(io::ErrorKind::InvalidData.into())
    }
}

fn rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_in_kibibytes() {
        assert_eq!(rss("VmPeak:\t 9 kB\nVmRSS:\t   1234 kB\nRssAnon: 1 kB\n"), Some(1234 * 1024));
        assert_eq!(rss("VmRSS: many"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        assert!(Process::own().rss_bytes().unwrap() > 0);
        let before = Process::own().cpu_seconds().unwrap();
        std::hint::black_box((0..1_000_000_u64).fold(0, |sum, number| std::hint::black_box(sum + number)));
        let spent = Process::own().cpu_seconds().unwrap() - before;
        assert!(spent > 0.0 && spent < 5.0, "{spent} s");
        assert!(Process::new(u32::MAX).cpu_seconds().is_err());
    }
}
