//! A server process of a test's own: in a temporary folder, on a free port, gone when the test is.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything that must happen may take; it only bounds how long a failing test takes.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A server's process and what it needs.
pub struct Process {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

impl Process {
    /// A folder and a port; nothing runs yet.
    pub fn new() -> Self {
        Process { folder: TempDir::with_prefix("firecrest-test-").unwrap(), port: free_port(), child: None }
    }

    /// Its folder, which is gone with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its port on loopback, which it keeps.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it; what it says goes into a file.
    pub fn spawn(&mut self, command: &mut Command) {
        let log = File::options().create(true).append(true).open(self.folder().join("log")).unwrap();
        let errors = log.try_clone().unwrap();
        let started =
            command.current_dir(self.folder()).stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        self.child = Some(started.unwrap_or_else(|error| panic!("{command:?}: {error}")));
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// Ends it without giving it the time to do anything.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Tells it to end at once, and waits until it has.
    pub fn quit(&mut self) {
        if let Some(mut child) = self.child.take() {
            let told = Command::new("sh").args(["-c", &format!("kill -QUIT {}", child.id())]).status();
            if !told.is_ok_and(|status| status.success()) {
                let _ = child.kill();
            }
            // It may have ended by itself.
            let _ = child.wait();
        }
    }

    /// Stops it for now, as a machine does that hangs: its connections stay open, and nothing answers.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after [`pause`](Self::pause).
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Sends it a signal, if it runs.
    pub fn signal(&self, name: &str) {
        if let Some(child) = &self.child {
            let told = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
            assert!(told.unwrap().success(), "kill -{name}");
        }
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens on. Not one that the system gives to clients: while the server is away, one that connects to
/// it could be given the server's own port and reach itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 800).unwrap() * 10;
    let ports = || 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 8_000;
    std::iter::repeat_with(ports)
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("it goes on until there is one")
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A command whose process the kernel ends when the test's thread ends, however that comes, run by another user if one
/// is given.
pub fn command(program: &Path, user: Option<&User>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user {
        command.arg(format!("--reuid={}", user.id)).arg(format!("--regid={}", user.group));
        command.arg("--clear-groups");
    }
    command.arg(program);
    command
}

/// Somebody who is not root.
pub struct User {
    /// The user's number.
    pub id: u32,
    /// The number of the user's group.
    pub group: u32,
}

impl User {
    /// For servers that refuse to be run by root: somebody else if we are root, and otherwise nobody else.
    pub fn instead_of_root() -> Option<User> {
        let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
        let known = ["postgres", "nobody"].into_iter().find_map(User::named);
        is_root.then(|| known.expect("a user postgres or nobody"))
    }

    fn named(name: &str) -> Option<User> {
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let fields: Vec<_> = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).collect();
        let entry = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
        Some(User { id: entry.get(2)?.parse().ok()?, group: entry.get(3)?.parse().ok()? })
    }
}
