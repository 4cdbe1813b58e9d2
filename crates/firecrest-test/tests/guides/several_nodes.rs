//! `guides/several-nodes.md`: its chat, on two nodes.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/several-nodes.md");
const CHAT: &str = include_str!("several_nodes/chat.rs");

#[allow(dead_code, reason = "what the guide shows and nobody calls here")]
mod chat {
    include!("several_nodes/chat.rs");

    mod tests {
        use firecrest::pubsub::cluster::InProcess;
        use firecrest_test::TestSocket;

        use super::*;

        fn node(cluster: &InProcess, name: &str) -> Endpoint {
            Endpoint::builder().node(name).cluster(cluster.node()).build().unwrap()
        }

        #[firecrest::test]
        async fn two_nodes_are_one_room() {
            let cluster = InProcess::new();
            let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
            let ann = TestSocket::<User>::connect_to(&a, json!({ "name": "Ann" })).await.unwrap();
            let ben = TestSocket::<User>::connect_to(&b, json!({ "name": "Ben" })).await.unwrap();
            let ann = ann.join("chat:lobby", json!({})).await.unwrap();
            let ben = ben.join("chat:lobby", json!({})).await.unwrap();
            ben.next("presence_state").await;
            ben.next("presence_diff").await;
            let _ = ann.push("say", json!({ "text": "Hello" })).await;
            ben.expect_push("said", json!({ "name": "Ann", "text": "Hello" })).await;
            while a.presence().count("chat:lobby").keys < 2 {
                firecrest_test::advance(std::time::Duration::from_secs(1)).await;
            }
        }

        #[firecrest::test]
        async fn after_a_gap_everybody_loads_again() {
            let cluster = InProcess::new();
            let (a, _b) = (node(&cluster, "a"), node(&cluster, "b"));
            tokio::spawn(mind_the_gaps(a.clone()));
            let ann = TestSocket::<User>::connect_to(&a, json!({ "name": "Ann" })).await.unwrap();
            let ann = ann.join("chat:lobby", json!({})).await.unwrap();
            ann.next("presence_state").await;
            ann.next("presence_diff").await;
            cluster.cut("b");
            cluster.heal("b");
            ann.expect_push("reload", json!({})).await;
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let shown = blocks(GUIDE, "rust");
    assert!(shown.len() > 2);
    for block in shown {
        let is_here = [CHAT, include_str!("several_nodes.rs")].iter().any(|source| block.is_in(source));
        assert!(is_here, "this is nowhere here:\n{}", block.code());
    }
}
