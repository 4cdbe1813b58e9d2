//! A proxy that cuts connections at the worst moments.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What happens to the next request that names a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its connection is cut before the server sees it.
    LoseRequest,
    /// The server does it; then the connection is cut instead of carrying the answer.
    LoseReply,
    /// The server does it; the answer is swallowed and the connection stays open.
    SwallowReply,
}

/// A proxy in front of a server. It ends, with all connections, when this is dropped.
pub(crate) struct Proxy {
    port: u16,
    plan: Arc<Mutex<Plan>>,
    severed: watch::Sender<u64>,
    _connections: JoinSet<()>,
}

#[derive(Default)]
struct Plan {
    /// The fault to come, and the name of the counter whose request it hits.
    next: Option<(Fault, String)>,
    /// How many faults there have been.
    done: usize,
    /// Whether new connections are refused.
    closed: bool,
}

impl Proxy {
    pub(crate) async fn to(port: u16) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let plan = Arc::new(Mutex::new(Plan::default()));
        let severed = watch::Sender::new(0);
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, port, Arc::clone(&plan), severed.subscribe()));
        Proxy { port: own, plan, severed, _connections: connections }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Hits the next request that names this counter.
    pub(crate) fn plan(&self, fault: Fault, counter: &str) {
        self.plan.lock().unwrap().next = Some((fault, counter.to_owned()));
    }

    /// How many faults there have been.
    pub(crate) fn faults(&self) -> usize {
        self.plan.lock().unwrap().done
    }

    /// Cuts every connection, and from now on every new one.
    pub(crate) fn close(&self) {
        self.plan.lock().unwrap().closed = true;
        self.severed.send_modify(|times| *times += 1);
    }

    /// Lets connections pass again.
    pub(crate) fn open(&self) {
        self.plan.lock().unwrap().closed = false;
    }
}

async fn accept(listener: TcpListener, port: u16, plan: Arc<Mutex<Plan>>, severed: watch::Receiver<u64>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        if plan.lock().unwrap().closed {
            continue;
        }
        let (plan, mut severed) = (Arc::clone(&plan), severed.clone());
        severed.mark_unchanged();
        connections.spawn(async move {
            // A server that is away is a connection that ends at once.
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
            tokio::select! {
                () = carry(client, server, &plan) => {}
                _ = severed.changed() => {}
            }
        });
    }
}

/// Carries bytes both ways until an end closes or a fault hits; both sockets close then.
async fn carry(client: TcpStream, server: TcpStream, plan: &Mutex<Plan>) {
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let hit = Mutex::new(None);
    tokio::select! {
        () = requests(from_client, to_server, plan, &hit) => {}
        () = replies(from_server, to_client, &hit) => {}
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    plan: &Mutex<Plan>,
    hit: &Mutex<Option<Fault>>,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(size @ 1..) = from.read(&mut buffer).await {
        let fault = plan.lock().unwrap().take(&buffer[..size]);
        if fault == Some(Fault::LoseRequest) {
            return;
        }
        if fault.is_some() {
            *hit.lock().unwrap() = fault;
        }
        if to.write_all(&buffer[..size]).await.is_err() {
            return;
        }
    }
}

async fn replies(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, hit: &Mutex<Option<Fault>>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(size @ 1..) = from.read(&mut buffer).await {
        let hit = *hit.lock().unwrap();
        match hit {
            Some(Fault::SwallowReply) => continue,
            Some(_) => return,
            None if to.write_all(&buffer[..size]).await.is_err() => return,
            None => {}
        }
    }
}

impl Plan {
    /// The planned fault, once, if these bytes name its counter.
    fn take(&mut self, bytes: &[u8]) -> Option<Fault> {
        let names = |counter: &str| bytes.windows(counter.len()).any(|part| part == counter.as_bytes());
        let (fault, _) = self.next.take_if(|(_, counter)| names(counter))?;
        self.done += 1;
        Some(fault)
    }
}
