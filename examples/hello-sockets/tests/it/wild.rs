//! A topic that carries data (H10).

use firecrest::prelude::*;
use firecrest_test::{Refusal, TestSocket};
use hello_sockets::UserSocket;

async fn join(topic: &str) -> Result<(), Refusal> {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    client.join(topic, ()).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn h10_twice_the_first_is_the_second() {
    for topic in ["wild:1:2", "wild:0:0", "wild:-3:-6", "wild:4611686018427387903:9223372036854775806"] {
        assert_eq!(join(topic).await, Ok(()), "{topic}");
    }
}

#[tokio::test(start_paused = true)]
async fn h10_anything_else_is_refused() {
    for topic in ["wild:1:3", "wild:2:1", "wild:1", "wild:", "wild:9223372036854775807:-2"] {
        assert_eq!(join(topic).await, Err(Refusal(json!({}))), "{topic}");
    }
}

#[tokio::test(start_paused = true)]
async fn h10_what_is_no_integer_crashes_the_join() {
    for topic in ["wild:a:b", "wild:1:b", "wild:1:", "wild:1.0:2", "wild:1:2:3", "wild:9223372036854775808:0"]
    {
        assert_eq!(join(topic).await, Err(Refusal(json!({ "reason": "join crashed" }))), "{topic}");
    }
}
