//! Programs that a yardstick runs for itself, and what they spend.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// A running program, which ends with this.
pub struct Running(Child);

/// A `yardstick-firecrest` of one's own, which ends with this.
pub struct Node {
    /// Its process.
    pub process: Running,
    address: String,
}

impl Running {
    /// Starts a program without input, whose output nobody sees but who takes it.
    ///
    /// # Errors
    /// When it cannot be started, which names it.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let started = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        started
            .map(Running)
            .map_err(|error| io::Error::new(error.kind(), format!("{name} cannot be started: {error}")))
    }

    /// Processor time used so far, user and system, all threads.
    ///
    /// # Errors
    /// When it has ended.
    pub fn processor_time(&self) -> io::Result<Duration> {
        // Linux numbers no process that high.
        let id = i32::try_from(self.0.id()).map_err(io::Error::other)?;
        let used = clock_getcpuclockid(Pid::from_raw(id)).and_then(ClockId::now)?;
        Ok(used.into())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Node {
    /// Starts one on a port of the system's choice, with these variables in its environment, and waits until it listens.
    ///
    /// # Errors
    /// When it cannot be started, or says something else than where it listens.
    pub fn start(variables: &[(&str, &str)]) -> Result<Self, Box<dyn Error>> {
        let name = format!("yardstick-firecrest{}", std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(std::env::current_exe()?.with_file_name(name));
        command.args(["--listen", "127.0.0.1:0"]).envs(variables.iter().copied()).stdout(Stdio::piped());
        let mut process = Running::start(&mut command)?;
        let mut line = String::new();
        let stdout = process.0.stdout.take().ok_or("it has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.ok_or_else(|| format!("the server said {line:?} at its start"))?.to_owned();
        Ok(Node { process, address })
    }

    /// Its WebSocket.
    pub fn url(&self) -> String {
        socket_url(&self.address)
    }
}

/// The WebSocket of a server that listens there.
pub fn socket_url(address: &str) -> String {
    format!("ws://{address}/socket/websocket?vsn=2.0.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_spends_is_known_until_it_ends() {
        let script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exec sleep 60";
        let running = Running::start(Command::new("sh").args(["-c", script])).unwrap();
        while running.processor_time().unwrap() < Duration::from_millis(1) {
            std::thread::yield_now();
        }
        assert!(running.processor_time().unwrap() < Duration::from_secs(10));
    }

    #[test]
    fn a_program_that_is_not_there_is_named_without_its_path() {
        let error = Running::start(&mut Command::new("/nowhere/at-all")).err().unwrap().to_string();
        assert!(error.starts_with("at-all cannot be started"), "{error}");
    }
}
