//! Large states, in parts.

use firecrest::prelude::*;
use firecrest::presence::Tracked;

use crate::client::exact;
use crate::room::{endpoint, guest, member, ms, options};

const ROOM: &str = "room:1";

fn crowd(endpoint: &Endpoint, count: usize, bytes: usize) -> Vec<Tracked> {
    let meta = json!({ "text": "x".repeat(bytes) });
    (0..count).map(|key| endpoint.presence().track(ROOM, format!("{key:05}"), &meta).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_state_of_many_keys_is_sent_in_parts_that_the_client_puts_together() {
    let endpoint = endpoint(options());
    let _crowd = crowd(&endpoint, 2_500, 1);
    let mut guest = guest(&endpoint, ROOM).await;
    let heard = guest.heard(ROOM);
    let events: Vec<&str> = heard.iter().map(|(event, _)| &**event).collect();
    assert_eq!(events, ["presence_state", "presence_diff", "presence_diff"]);
    assert_eq!(heard[0].1.as_object().unwrap().len(), 1_000);
    assert_eq!(heard[2].1["joins"].as_object().unwrap().len(), 500);
    assert_eq!(heard[2].1["leaves"], json!({}));
    assert_eq!(exact(&guest.room(ROOM).state), exact(endpoint.presence().list(ROOM).await));
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_larger_than_the_clients_outbox_is_sent_as_fast_as_it_reads() {
    let endpoint = endpoint(options().meta_bytes(65_536));
    let _crowd = crowd(&endpoint, 100, 60_000);
    let mut guest = guest(&endpoint, ROOM).await;
    while guest.room(ROOM).state.len() < 100 {
        guest.after(ms(20)).await;
    }
    assert!(!guest.closed);
    assert!(guest.heard(ROOM).len() > 10);
    assert_eq!(exact(&guest.room(ROOM).state), exact(endpoint.presence().list(ROOM).await));
}

#[tokio::test(start_paused = true)]
async fn what_happens_between_two_parts_is_not_lost() {
    let endpoint = endpoint(options().meta_bytes(65_536).diff_interval(ms(1)));
    let mut crowd = crowd(&endpoint, 60, 60_000);
    let mut guest = guest(&endpoint, ROOM).await;
    while guest.room(ROOM).state.len() < crowd.len() {
        // Who is to come, who has come and who is new: all change.
        drop(crowd.pop());
        drop(crowd.swap_remove(0));
        crowd[5].update(&json!({ "n": crowd.len() })).unwrap();
        crowd.push(endpoint.presence().track(ROOM, format!("new {}", crowd.len()), &json!({})).unwrap());
        guest.after(ms(20)).await;
        assert!(crowd.len() > 10, "the state never comes");
    }
    guest.after(ms(100)).await;
    assert_eq!(exact(&guest.room(ROOM).state), exact(endpoint.presence().list(ROOM).await));
}

#[tokio::test(start_paused = true)]
async fn w15_many_who_come_at_once_do_not_cost_a_diff_each() {
    let endpoint = endpoint(options());
    let mut first = guest(&endpoint, ROOM).await;
    first.heard(ROOM);
    let mut members = Vec::new();
    for number in 0..500 {
        members.push(member(&endpoint, ROOM, &number.to_string(), json!({})).await);
    }
    first.after(ms(500)).await;
    let heard = first.heard(ROOM);
    let bytes: usize = heard.iter().map(|(_, diff)| diff.to_string().len()).sum();
    // One comes each millisecond or two.
    assert!(heard.len() <= 5, "{} diffs", heard.len());
    assert!(bytes < 500 * 100, "{bytes} bytes");
    assert_eq!(first.room(ROOM).state.len(), 500);
    for member in members.iter_mut().step_by(49) {
        member.settle().await;
        assert_eq!(exact(&member.room(ROOM).state), exact(&first.room(ROOM).state));
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_diff_is_told_in_parts_and_too_large_a_one_as_a_new_state() {
    let endpoint = endpoint(options().state_keys(10).diff_rows(25));
    let mut guest = guest(&endpoint, ROOM).await;
    guest.heard(ROOM);
    let crowd = crowd(&endpoint, 25, 1);
    guest.settle().await;
    assert_eq!(guest.heard(ROOM).len(), 3);
    let more: Vec<_> = (0..26).map(|key| endpoint.presence().track(ROOM, key, &json!({})).unwrap()).collect();
    drop(crowd);
    guest.after(ms(500)).await;
    guest.after(ms(200)).await;
    let events: Vec<String> = guest.heard(ROOM).into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, ["presence_state", "presence_diff", "presence_diff"]);
    assert_eq!(guest.room(ROOM).state.len(), more.len());
    assert_eq!(exact(&guest.room(ROOM).state), exact(endpoint.presence().list(ROOM).await));
}

#[tokio::test(start_paused = true)]
async fn a_diff_of_megabytes_is_told_so_that_clients_have_time_to_read_it() {
    let endpoint = endpoint(options());
    let mut guest = guest(&endpoint, ROOM).await;
    for round in 0..3 {
        let crowd = crowd(&endpoint, 3_000, 1_000);
        guest.after(ms(1)).await;
        for _ in 0..40 {
            guest.after(ms(100)).await;
            assert!(!guest.closed, "in round {round}");
        }
        assert_eq!(guest.room(ROOM).state.len(), 3_000);
        drop(crowd);
        for _ in 0..40 {
            guest.after(ms(100)).await;
            assert!(!guest.closed, "in round {round}");
        }
        assert_eq!(guest.room(ROOM).state.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_told_more_than_can_be_read_is_told_a_new_state_in_the_end() {
    let endpoint = endpoint(options());
    let mut guest = guest(&endpoint, ROOM).await;
    let mut crowds = Vec::new();
    for _ in 0..5 {
        crowds.push(crowd(&endpoint, 1_000, 3_000));
        for _ in 0..6 {
            guest.after(ms(100)).await;
        }
        crowds.drain(..crowds.len() - 1);
    }
    for _ in 0..100 {
        guest.after(ms(100)).await;
    }
    assert!(!guest.closed);
    assert_eq!(exact(&guest.room(ROOM).state), exact(endpoint.presence().list(ROOM).await));
    assert!(guest.heard(ROOM).iter().any(|(event, _)| event == "presence_state"));
}

#[tokio::test(start_paused = true)]
async fn a_key_with_very_many_metas_is_told_in_parts_too() {
    let endpoint = endpoint(options());
    let mut first = guest(&endpoint, ROOM).await;
    let meta = json!({ "text": "x".repeat(3_000) });
    let track = |_| endpoint.presence().track(ROOM, "ann", &meta).unwrap();
    let crowd: Vec<Tracked> = (0..1_000).map(track).collect();
    let mut last = guest(&endpoint, ROOM).await;
    for _ in 0..60 {
        first.after(ms(100)).await;
        last.settle().await;
    }
    for client in [&mut first, &mut last] {
        let heard = client.heard(ROOM);
        let largest = heard.iter().map(|(_, payload)| payload.to_string().len()).max().unwrap();
        assert!(largest < 700_000, "{largest} bytes");
        assert_eq!(client.room(ROOM).state["ann"]["metas"].as_array().unwrap().len(), 1_000);
    }
    drop(crowd);
    for _ in 0..60 {
        first.after(ms(100)).await;
        last.settle().await;
    }
    assert_eq!((first.present(ROOM), last.present(ROOM)), (json!({}), json!({})));
}
