//! A program that ends with the value that stands for it.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Most bytes that are kept of what a program prints.
const PRINTED: u64 = 1 << 20;

/// A running program; dropping it kills it and waits for its end.
pub(crate) struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts the command without input and with its output caught. Messages call it `name`, never its path.
    pub(crate) fn start(command: &mut Command, name: &str) -> Result<Self, Failure> {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child =
            piped.spawn().map_err(|error| Failure::new(format!("{name} cannot be started: {error}")))?;
        Ok(Self { child, name: name.to_owned() })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it prints; can be taken once.
    pub(crate) fn stdout(&mut self) -> Result<ChildStdout, Failure> {
        self.child.stdout.take().ok_or_else(|| self.failure("has no output"))
    }

    /// What it says went wrong, once it has ended; nothing unless the command asked for a pipe.
    pub(crate) fn stderr(&mut self) -> Receiver<String> {
        let (sender, receiver) = mpsc::sync_channel(1);
        if let Some(stderr) = self.child.stderr.take() {
            read_all(stderr, sender);
        }
        receiver
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus, Failure> {
        self.child.wait().map_err(|error| self.failure(&error.to_string()))
    }

    /// A failure of this program.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        Failure::new(format!("{} {what}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program of the release builds to its end, and gives the line of JSON that it prints.
pub(crate) fn report<T: DeserializeOwned>(
    binaries: &Path,
    name: &str,
    arguments: &[impl AsRef<OsStr>],
    within: Duration,
) -> Result<T, Failure> {
    let program = binaries.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut process = Process::start(Command::new(program).args(arguments), name)?;
    let printed = read_to_end(process.stdout()?)
        .recv_timeout(within)
        .map_err(|_| process.failure(&format!("was not done within {} s", within.as_secs())))?;
    let status = process.wait()?;
    if !status.success() {
        return Err(process.failure(&format!("ended with {status}")));
    }
    serde_json::from_str(printed.trim())
        .map_err(|error| process.failure(&format!("printed what cannot be read: {error}")))
}

/// Reads on a thread of its own until the end, and sends the text then.
pub(crate) fn read_to_end(reader: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    read_all(reader, sender);
    receiver
}

fn read_all(mut reader: impl Read + Send + 'static, sender: mpsc::SyncSender<String>) {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is all there is to show.
        let _ = reader.by_ref().take(PRINTED).read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_caught_and_the_end_is_seen() {
        let mut process = Process::start(Command::new("rustc").arg("--version"), "rustc").unwrap();
        let text = read_to_end(process.stdout().unwrap()).recv().unwrap();
        assert!(text.starts_with("rustc 1."), "{text}");
        assert!(process.wait().unwrap().success());
    }

    #[test]
    fn a_report_is_read_from_a_program_that_prints_one() {
        let run = |name, arguments: &[&str], seconds| {
            report::<u64>(Path::new("/bin"), name, arguments, Duration::from_secs(seconds))
        };
        assert_eq!(run("echo", &["7"], 60).unwrap(), 7);
        let said = |result: Result<u64, Failure>| result.unwrap_err().to_string();
        assert!(said(run("echo", &["seven"], 60)).starts_with("echo printed what cannot be read: "));
        assert!(said(run("false", &[], 60)).starts_with("false ended with "));
        assert_eq!(said(run("sleep", &["60"], 0)), "sleep was not done within 0 s");
    }

    #[test]
    fn a_program_that_does_not_exist_is_named_without_its_path() {
        let failure =
            Process::start(&mut Command::new("/nowhere/at-all"), "at-all").err().unwrap().to_string();
        assert!(failure.starts_with("at-all cannot be started"), "{failure}");
        assert!(!failure.contains("/nowhere"), "{failure}");
    }
}
