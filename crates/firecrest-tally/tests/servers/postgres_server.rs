//! A PostgreSQL of a test's own.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use firecrest_tally::{PostgresStore, StoreError};
use tokio_postgres::NoTls;

use crate::backend::{Backend, SECRET};
use servers::{Process, User, until};

/// The user who owns everything in it.
const OWNER: &str = "owner";

pub(crate) struct PostgresServer {
    process: Process,
    user: Option<User>,
    /// Settings that not every one has.
    more: Vec<String>,
}

impl PostgresServer {
    /// One with these files, in its folder, and settings.
    pub(crate) async fn start_with(files: &[(&str, &str)], settings: &[&str]) -> Self {
        let more = settings.iter().map(ToString::to_string).collect();
        let mut server = PostgresServer { process: Process::new(), user: User::instead_of_root(), more };
        server.create();
        files.iter().for_each(|(name, content)| server.write(name, content));
        server.start_again().await;
        server
    }

    /// Runs SQL that answers nothing, as the owner.
    pub(crate) async fn run(&self, sql: &str) {
        self.session(sql).await;
    }

    /// The one value that a query answers, as the owner.
    pub(crate) async fn ask(&self, sql: &str) -> i64 {
        self.client().await.unwrap().query_one(sql, &[]).await.unwrap().get(0)
    }

    /// A session of the owner's that has said this.
    pub(crate) async fn session(&self, sql: &str) -> tokio_postgres::Client {
        let client = self.client().await.unwrap();
        client.batch_execute(sql).await.unwrap();
        client
    }

    /// A URL for somebody else than the owner.
    pub(crate) fn url_of(&self, user: &str) -> String {
        format!("postgresql://{user}:{SECRET}@127.0.0.1:{}/postgres", self.port())
    }

    async fn client(&self) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// A new folder of data.
    fn create(&self) {
        if let Some(user) = &self.user {
            chown(self.process.folder(), Some(user.id), Some(user.group)).unwrap();
        }
        self.write("password", SECRET);
        let made = self
            .program("initdb")
            .args([
                "--pgdata=data",
                "--pwfile=password",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-sync", "--username", OWNER])
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// Makes a file in its folder, which nobody else may read.
    fn write(&self, name: &str, content: &str) {
        let path = self.process.folder().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        if let Some(user) = &self.user {
            chown(path, Some(user.id), Some(user.group)).unwrap();
        }
    }

    fn launch(&mut self) {
        let mut command = self.program("postgres");
        command.args(["-D", "data", "-p", &self.process.port().to_string()]);
        // What is written survives the server without being on the disk.
        let settings =
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB", "fsync=off"];
        for setting in settings.into_iter().chain(self.more.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        self.process.spawn(&mut command);
    }

    fn program(&self, name: &str) -> Command {
        let mut command = servers::command(&programs().join(name), self.user.as_ref());
        command.current_dir(self.process.folder());
        command
    }
}

impl Backend for PostgresServer {
    type Store = PostgresStore;

    const SCHEME: &str = "postgresql";

    async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    async fn start_again(&mut self) {
        self.launch();
        until("PostgreSQL answers", async || {
            assert!(!self.process.has_ended(), "postgres has ended:\n{}", self.process.log());
            self.client().await.is_ok()
        })
        .await;
    }

    /// Its children end with it, where they are, and the next start recovers from the log. After a plain kill they would
    /// go on for a while.
    fn kill(&mut self) {
        self.process.quit();
    }

    fn port(&self) -> u16 {
        self.process.port()
    }

    fn url_with(&self, port: u16, password: &str) -> String {
        format!("postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres")
    }

    async fn connect(url: &str) -> Result<PostgresStore, StoreError> {
        PostgresStore::connect(url).await
    }
}

impl Drop for PostgresServer {
    /// Nobody writes any more into the folder that is removed next.
    fn drop(&mut self) {
        self.process.quit();
    }
}

/// Where PostgreSQL's programs are: Debian keeps them beside the path, a folder for each version.
fn programs() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = debian.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders
        .chain(std::env::split_paths(&path))
        .find(|folder| Path::new(folder).join("initdb").exists())
        .expect("PostgreSQL's initdb, in the path or in /usr/lib/postgresql")
}
