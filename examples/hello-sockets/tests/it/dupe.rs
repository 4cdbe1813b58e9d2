//! Gathering what is broadcast and saying each thing once (H15).

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{TestChannel, TestSocket, advance};
use hello_sockets::UserSocket;

const SECOND: Duration = Duration::from_secs(1);

async fn join() -> (TestSocket<UserSocket>, TestChannel) {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    let dupe = client.join("dupe", ()).await.unwrap();
    (client, dupe)
}

fn say(client: &TestSocket<UserSocket>, numbers: &[i64]) {
    for number in numbers {
        client.endpoint().broadcast("dupe", "number", &json!({ "number": number })).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn h15_unique_numbers_go_out_a_second_after_the_first_in_the_order_they_came() {
    let (client, dupe) = join().await;
    say(&client, &[3, 1, 3, 2, 1]);
    advance(SECOND / 2).await;
    say(&client, &[2, -7]);
    dupe.refute_push().await;

    advance(SECOND / 2).await;
    for value in [3, 1, 2, -7] {
        dupe.expect_push("number", json!({ "value": value })).await;
    }
    dupe.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h15_then_it_starts_over() {
    let (client, dupe) = join().await;
    for _ in 0..2 {
        say(&client, &[1, 1]);
        advance(SECOND).await;
        dupe.expect_push("number", json!({ "value": 1 })).await;
    }
    advance(10 * SECOND).await;
    dupe.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h15_what_is_no_number_is_not_gathered() {
    let (client, dupe) = join().await;
    client.endpoint().broadcast("dupe", "number", &json!({ "number": "one" })).unwrap();
    say(&client, &[2]);
    advance(SECOND).await;
    dupe.expect_push("number", json!({ "value": 2 })).await;
    dupe.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h15_every_client_gathers_for_itself() {
    let (client, early) = join().await;
    say(&client, &[1]);
    let other = TestSocket::<UserSocket>::connect_to(client.endpoint(), ()).await.unwrap();
    let late = other.join("dupe", ()).await.unwrap();
    say(&client, &[2]);
    advance(SECOND).await;

    early.expect_push("number", json!({ "value": 1 })).await;
    early.expect_push("number", json!({ "value": 2 })).await;
    late.expect_push("number", json!({ "value": 2 })).await;
    late.refute_push().await;
}
