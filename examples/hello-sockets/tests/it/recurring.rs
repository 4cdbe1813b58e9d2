//! Something pushed at an interval, for as long as the client is there (H14).

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::token;
use firecrest_test::{TestChannel, TestSocket, advance};
use hello_sockets::{AUTH_SALT, AuthSocket};

const INTERVAL: Duration = Duration::from_secs(5);

async fn join() -> (TestSocket<AuthSocket>, TestChannel) {
    let client = TestSocket::new(&Endpoint::builder().build().unwrap(), AuthSocket { user_id: 7 });
    let recurring = client.join("recurring", ()).await.unwrap();
    (client, recurring)
}

#[tokio::test(start_paused = true)]
async fn h14_a_fresh_token_comes_every_five_seconds() {
    let (client, recurring) = join().await;
    for _ in 0..3 {
        let push = recurring.next("new_token").await;
        let user_id: u64 =
            token::verify(client.endpoint().secret(), AUTH_SALT, push["token"].as_str(), DAY).unwrap();
        assert_eq!(user_id, 7);

        advance(INTERVAL - Duration::from_millis(100)).await;
        recurring.refute_push().await;
        advance(Duration::from_millis(100)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn h14_the_token_opens_the_auth_socket() {
    let (client, recurring) = join().await;
    let params = recurring.next("new_token").await;
    let again = TestSocket::<AuthSocket>::connect_to(client.endpoint(), params).await.unwrap();
    assert_eq!(again.id(), Some("auth_socket:7"));
}

#[tokio::test(start_paused = true)]
async fn h14_it_ends_when_the_client_leaves() {
    let (_client, recurring) = join().await;
    recurring.next("new_token").await;
    recurring.leave().await;
    advance(10 * INTERVAL).await;
    recurring.refute_push().await;
}
