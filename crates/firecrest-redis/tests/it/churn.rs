//! Subscriptions come and go without end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use firecrest_pubsub::cluster::{Cluster, Gap, Reached};
use servers::{RedisServer, until};

use crate::member::Member;

/// How many of them there are at a time.
const AT_ONCE: usize = 500;

/// Somebody who changes their mind for as long as this is there.
struct Churn {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Churn {
    fn begin(member: &Arc<Member>) -> Churn {
        let (is_over, member) = (Arc::<AtomicBool>::default(), Arc::clone(member));
        let over = Arc::clone(&is_over);
        let churn = move || {
            let subject = |number: usize| format!("churn {number}");
            for number in 0.. {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                member.cluster.subscribe(&subject(number), Reached::new());
                if number >= AT_ONCE {
                    member.cluster.unsubscribe(&subject(number - AT_ONCE));
                }
                thread::yield_now();
            }
        };
        Churn { is_over, thread: Some(thread::spawn(churn)) }
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_subscribes_while_others_come_and_go_does_not_wait_for_them() {
    let server = RedisServer::start().await;
    let ann = Arc::new(Member::patient("ann", &server.url()).await);
    let _churn = Churn::begin(&ann);
    for number in 0..20 {
        let subject = format!("subject {number}");
        ann.subscribe(&subject).await;
        ann.publish(&subject, "heard");
        ann.hears(&["heard"]).await;
    }
    assert_eq!(ann.told(), [None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_connected_again_while_subscriptions_come_and_go() {
    let server = RedisServer::start().await;
    let ann = Arc::new(Member::patient("ann", &server.url()).await);
    ann.subscribe("subject").await;
    let _churn = Churn::begin(&ann);
    for _ in 0..5 {
        assert_eq!(server.run(&["CLIENT", "KILL", "TYPE", "pubsub"]).await, ":1");
        ann.knows_of(&[Gap::In]).await;
        until("it is connected", async || ann.cluster.health().is_connected()).await;
        ann.publish("subject", "heard");
        ann.hears(&["heard"]).await;
    }
    assert_eq!(ann.told().iter().filter(|told| told.is_none()).count(), 6);
}
