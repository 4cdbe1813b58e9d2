//! Connecting, again and again.

use std::sync::Arc;
use std::time::Instant;

use firecrest_pubsub::cluster::{Node, Receiver};
use tokio::time::sleep;

use super::{Attempts, End, LinkError, Senders, Session, connect};
use crate::servers::Server;
use crate::shared::Shared;
use crate::wire::Stamp;

/// Keeps a connection until the cluster is closed.
pub(crate) async fn run(shared: Arc<Shared>, node: Node, receiver: Arc<dyn Receiver>) {
    let _ended = Ended(&shared);
    shared.subscriptions().keep(shared.names.node(node.name()));
    let mut attempts = Attempts::new(shared.servers.len(), shared.backoff);
    let (mut stamp, mut senders) = (Stamp::first(node.name(), node.life()), Senders::default());
    loop {
        let (server, wait) = attempts.next();
        let server = &shared.servers[server];
        let connecting = async {
            sleep(wait).await;
            connect(server, node.name(), &shared).await
        };
        let connected = tokio::select! {
            connected = connecting => connected,
            () = shared.ending.cancelled() => return,
        };
        let began = Instant::now();
        let lost = match connected {
            Ok((connection, info)) => {
                shared.limit_messages(info.max_payload);
                stamp = stamp.next();
                let session = Session::new(&shared, server, &*receiver, connection, stamp, &mut senders);
                match session.run().await {
                    End::Closed => return,
                    End::Lost(error) => error,
                }
            }
            Err(error) => error,
        };
        attempts.lasted(began.elapsed());
        lose(&shared, server, &lost);
    }
}

/// Health first: whoever is refused can see why.
fn lose(shared: &Shared, server: &Server, error: &LinkError) {
    shared.status.failed(server, error);
    shared.disconnect();
}

/// However the task ends, nobody goes on waiting for it.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.end();
        self.0.outbox.shut();
    }
}
