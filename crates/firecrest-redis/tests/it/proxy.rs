//! A network that hangs for one of two connections.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A proxy in front of a server. It ends, with all connections, when this is dropped.
pub(crate) struct Proxy {
    port: u16,
    connections: Arc<Mutex<Vec<Arc<Connection>>>>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Connection {
    subscribes: AtomicBool,
    is_frozen: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn to(port: u16) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (connections, mut tasks) = (Arc::<Mutex<Vec<_>>>::default(), JoinSet::new());
        let all = Arc::clone(&connections);
        tasks.spawn(async move {
            let mut carried = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let connection = Arc::<Connection>::default();
                all.lock().unwrap().push(Arc::clone(&connection));
                carried.spawn(carry(client, port, connection));
            }
        });
        Proxy { port: own, connections, _tasks: tasks }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing passes on the connections there are that have subscribed to something, or on those that have not.
    pub(crate) fn freeze(&self, subscribes: bool) {
        for connection in &*self.connections.lock().unwrap() {
            if connection.subscribes.load(Ordering::Relaxed) == subscribes {
                connection.is_frozen.send_replace(true);
            }
        }
    }

    /// What was on its way arrives.
    pub(crate) fn thaw(&self) {
        for connection in &*self.connections.lock().unwrap() {
            connection.is_frozen.send_replace(false);
        }
    }
}

async fn carry(client: TcpStream, port: u16, connection: Arc<Connection>) {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = pass(from_client, to_server, &connection) => {}
        () = pass(from_server, to_client, &connection) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, connection: &Connection) {
    let (mut buffer, mut is_frozen) = (vec![0; 1 << 16], connection.is_frozen.subscribe());
    while let Ok(size @ 1..) = from.read(&mut buffer).await {
        if buffer[..size].windows(11).any(|part| part == b"\nSUBSCRIBE\r") {
            connection.subscribes.store(true, Ordering::Relaxed);
        }
        is_frozen.wait_for(|is_frozen| !is_frozen).await.unwrap();
        if to.write_all(&buffer[..size]).await.is_err() {
            return;
        }
    }
}
