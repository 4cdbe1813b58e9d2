//! What a process has used, from `/proc`.

use std::{fs, io};

/// How many clock ticks of `/proc/PID/stat` make a second; Linux shows 100 on every architecture it still runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that is watched.
#[derive(Clone, Debug)]
pub(crate) struct Process(String);

impl Process {
    /// The process with this number.
    pub(crate) fn new(pid: u32) -> Process {
        Process(format!("/proc/{pid}"))
    }

    /// This process.
    pub(crate) fn own() -> Process {
        Process("/proc/self".to_owned())
    }

    /// Processor time used so far in seconds, user and system, all threads; in steps of 10 ms.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn cpu_seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("{}/stat", self.0))?;
        ticks(&stat).map(|ticks| ticks as f64 / TICKS_PER_SECOND).ok_or(io::ErrorKind::InvalidData.into())
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn rss_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("{}/status", self.0))?;
        rss(&status).ok_or(io::ErrorKind::InvalidData.into())
    }
}

/// User and system time: fields 14 and 15, counted behind the name, which may contain anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
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
    fn the_name_of_a_program_may_contain_anything() {
        let stat = "42 (a) R 9 (b) S 1 2 3 4 5 6 7 8 9 10 700 55 0 0 20 0 1 0 5 6 7";
        assert_eq!(ticks(stat), Some(755));
        assert_eq!((ticks("42 (a) S 1"), ticks("")), (None, None));
    }

    #[test]
    fn resident_memory_is_in_kibibytes() {
        assert_eq!(rss("VmPeak:\t 9 kB\nVmRSS:\t   1234 kB\nRssAnon: 1 kB\n"), Some(1234 * 1024));
        assert_eq!(rss("VmRSS: many"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        assert!(Process::own().rss_bytes().unwrap() > 0);
        assert!(Process::own().cpu_seconds().unwrap() >= 0.0);
        assert!(Process::new(u32::MAX).cpu_seconds().is_err());
    }
}
