//! However it ends, nothing is left.

use std::time::Duration;

use firecrest_test::advance;

use super::album::{count, entries, open, text, until};

#[tokio::test(start_paused = true)]
async fn f159_a_client_that_stops_in_the_middle_loses_the_file() {
    let (mut page, folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(50).await.unwrap();
    advance(Duration::from_secs(29)).await;
    assert_eq!((entries(&page), count(&folder)), (vec!["a.txt 50%".to_owned()], 1));
    advance(Duration::from_secs(2)).await;
    assert_eq!(entries(&page), [""; 0]);
    until(&folder, 0).await;
}

/// From chunk to chunk, not for the whole file.
#[tokio::test(start_paused = true)]
async fn f159_each_chunk_has_its_own_time() {
    let (mut page, _folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(40).await.unwrap();
    advance(Duration::from_secs(20)).await;
    page.file_input("#album", "files").upload(80).await.unwrap();
    advance(Duration::from_secs(20)).await;
    assert_eq!(entries(&page), ["a.txt 80%"]);
}

#[tokio::test(start_paused = true)]
async fn f159_a_file_that_is_complete_is_waited_for() {
    let (mut page, folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(100).await.unwrap();
    advance(Duration::from_secs(25)).await;
    advance(Duration::from_secs(25)).await;
    assert_eq!((entries(&page).len(), count(&folder)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn f150_the_end_of_the_page_removes_its_files() {
    let (mut page, folder) = open("many").await;
    let both = page.file_input("#album", "files").add(text("a.txt", "0123456789")).add(text("b.txt", "b"));
    both.upload(50).await.unwrap();
    assert_eq!(count(&folder), 2);
    drop(page);
    until(&folder, 0).await;
}

#[tokio::test(start_paused = true)]
async fn f150_the_crash_of_the_view_removes_its_files() {
    let (mut page, folder) = open("many").await;
    let both = page.file_input("#album", "files").add(text("a.txt", "0123456789")).add(text("b.txt", "b"));
    both.upload(50).await.unwrap();
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    until(&folder, 0).await;
    page.rejoin().await;
    assert_eq!(entries(&page), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn f150_after_a_lost_connection_files_are_chosen_anew() {
    let (mut page, folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(50).await.unwrap();
    page.reconnect().await.unwrap();
    assert_eq!(entries(&page), [""; 0]);
    until(&folder, 0).await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(100).await.unwrap();
    page.form("#album").submit().await;
    assert_eq!(page.texts(".saved"), ["a.txt=0123456789"]);
}
