//! A cluster that can lose messages, carries small ones only, and remembers what it carried.

use std::fmt;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use firecrest::prelude::*;
use firecrest::pubsub::cluster::{
    Cluster, Health, InProcess, InProcessNode, Node, Reached, Receiver, Refused,
};
use firecrest::socket::SocketMount;
use futures_util::future::BoxFuture;

use crate::fixture::TestSocket;
use crate::longpoll::client::{App, Client};

/// What happens to a message to one node: whether it arrives.
type Fate = Arc<dyn Fn() -> bool + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Broker {
    pub(crate) cluster: InProcess,
    max_message: usize,
    fate: Fate,
    /// All messages to one node: its name, and the message.
    pub(crate) carried: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl Broker {
    pub(crate) fn new() -> Self {
        Self::that(8 << 20, || true)
    }

    /// Carries messages up to a size, and those only for which `arrives` holds.
    pub(crate) fn that(max_message: usize, arrives: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Broker { cluster: InProcess::new(), max_message, fate: Arc::new(arrives), carried: Arc::default() }
    }

    /// A node with the test socket.
    pub(crate) fn app(&self, name: &str) -> App {
        self.mounted(name, |mount| mount)
    }

    /// As [`app`](Self::app), with options.
    pub(crate) fn mounted(
        &self,
        name: &str,
        options: impl Fn(SocketMount<TestSocket>) -> SocketMount<TestSocket>,
    ) -> App {
        App::at(self.endpoint(name), options)
    }

    /// All nodes have the same secret.
    pub(crate) fn endpoint(&self, name: &str) -> Endpoint {
        let way = Way { broker: self.clone(), node: self.cluster.node() };
        Endpoint::builder()
            .node(name)
            .secret_key_base("all nodes share it".repeat(4))
            .cluster(way)
            .build()
            .unwrap()
    }
}

/// A client's session as it is asked for at another node.
pub(crate) fn through(client: &Client, app: &App) -> Client {
    Client { router: app.router.clone(), ..client.clone() }
}

/// One node's way to the others.
struct Way {
    broker: Broker,
    node: InProcessNode,
}

impl Cluster for Way {
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>) {
        self.node.start(node, receiver);
    }

    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused> {
        self.node.publish(subject, message)
    }

    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused> {
        let (len, max) = (message.len(), self.broker.max_message);
        if len > max {
            return Err(Refused::TooLarge { len, max });
        }
        self.broker.carried.lock().unwrap().push((node.to_owned(), message.clone()));
        if (self.broker.fate)() { self.node.direct(node, message) } else { Ok(()) }
    }

    fn subscribe(&self, subject: &str, reached: Reached) {
        self.node.subscribe(subject, reached);
    }

    fn unsubscribe(&self, subject: &str) {
        self.node.unsubscribe(subject);
    }

    fn health(&self) -> Health {
        self.node.health()
    }

    fn max_message(&self) -> usize {
        self.broker.max_message
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.node.close()
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}
