//! From chosen to consumed.

use super::album::{count, entries, open, refs, text, until};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn f039_the_input_says_what_the_client_needs_to_know() {
    let (mut page, _folder) = open("auto&many").await;
    let input = page.element(".files", None);
    let of = |name: &str| input.attr(name).unwrap_or("none").to_owned();
    assert_eq!((of("type"), of("name"), of("multiple"), of("accept")), four("file", "files", "", ".txt,.md"));
    assert_eq!(
        (of("id"), of("data-phx-hook")),
        (of("data-phx-upload-ref"), "Phoenix.LiveFileUpload".to_owned())
    );
    assert_eq!(of("data-phx-auto-upload"), "");
    let (mut page, _folder) = open("").await;
    let input = page.element(".files", None);
    assert_eq!((input.attr("multiple"), input.attr("data-phx-auto-upload")), (None, None));
}

fn four(a: &str, b: &str, c: &str, d: &str) -> (String, String, String, String) {
    (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
}

#[tokio::test(start_paused = true)]
async fn f040_f156_a_preview_and_a_drop_target_name_the_upload() {
    let (mut page, _folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "a")).choose().await;
    let upload = page.element(".files", None).attr("id").unwrap().to_owned();
    assert_eq!(page.element("#album", None).attr("phx-drop-target"), Some(&*upload));
    let preview = page.element("img", None);
    let of = |name: &str| preview.attr(name).unwrap_or("none").to_owned();
    assert_eq!((of("id"), of("data-phx-entry-ref")), ("phx-preview-0".to_owned(), "0".to_owned()));
    assert_eq!(
        (of("data-phx-upload-ref"), of("data-phx-hook")),
        (upload, "Phoenix.LiveImgPreview".to_owned())
    );
    assert_eq!(of("data-phx-update"), "ignore");
}

#[tokio::test(start_paused = true)]
async fn t50_a_file_is_what_the_test_says() {
    let (mut page, _folder) = open("").await;
    let file = text("a.txt", "abc")
        .content_type("text/x")
        .relative_path("b/a.txt")
        .last_modified(7)
        .meta(json!({ "k": 1 }));
    page.file_input("#album", "files").add(file).choose().await;
    assert_eq!(page.text(".told"), r#"text/x b/a.txt 3 Some(7) Some(Object {"k": Number(1)})"#);
}

#[tokio::test(start_paused = true)]
async fn f150_files_are_chosen_sent_and_consumed() {
    let (mut page, folder) = open("many").await;
    let input = page.element(".files", None);
    assert_eq!((input.attr("accept"), input.attr("multiple").is_some()), (Some(".txt,.md"), true));
    assert_eq!(input.attr("data-phx-auto-upload"), None);
    let input = page.file_input("#album", "files").add(text("a.txt", "0123456789")).add(text("b.md", "xyz"));
    input.choose().await;
    assert_eq!(entries(&page), ["a.txt 0%", "b.md 0%"]);
    assert_eq!(refs(&mut page), ["0,1", "", "", ""]);

    page.file_input("#album", "files").upload(100).await.unwrap();
    assert_eq!(entries(&page), ["a.txt 100%", "b.md 100%"]);
    assert_eq!(refs(&mut page), ["0,1", "0,1", "0,1", ""]);
    assert_eq!(count(&folder), 2);

    page.form("#album").submit().await;
    assert_eq!(page.texts(".saved"), ["a.txt=0123456789", "b.md=xyz"]);
    assert_eq!((entries(&page).len(), refs(&mut page)), (0, ["", "", "", ""].map(str::to_owned)));
    until(&folder, 0).await;
}

#[tokio::test(start_paused = true)]
async fn t51_a_file_is_sent_by_percent_and_chunk_by_chunk() {
    let (mut page, _folder) = open("tells").await;
    page.file_input("#album", "files").add(text("a.txt", "0123456789")).upload(50).await.unwrap();
    // Five bytes: a chunk of four, and one of one.
    assert_eq!((entries(&page), page.texts(".news").len()), (vec!["a.txt 50%".to_owned()], 2));
    page.file_input("#album", "files").upload(100).await.unwrap();
    assert_eq!(page.texts(".news").last().map(String::as_str), Some("0 true"));
}

#[tokio::test(start_paused = true)]
async fn t52_asking_sends_nothing() {
    let (mut page, folder) = open("many").await;
    let answer = page.file_input("#album", "files").add(text("a.txt", "abc")).preflight().await;
    let config = json!({ "max_file_size": 20, "max_entries": 2, "chunk_size": 4, "chunk_timeout": 30_000 });
    assert_eq!((&answer["config"], &answer["errors"]), (&config, &json!({})));
    assert!(answer["entries"]["0"].is_string() && answer["ref"].is_string());
    assert_eq!((refs(&mut page)[2].as_str(), count(&folder)), ("0", 0));
}

#[tokio::test(start_paused = true)]
async fn f041_what_is_wrong_with_a_file_is_shown_and_nothing_is_sent() {
    for (name, content, error) in [
        ("a.png", "x", "files of this type are not accepted"),
        ("a.txt", "012345678901234567890", "the file is too large"),
        ("bad.txt", "x", "a bad name"),
    ] {
        let (mut page, _folder) = open("").await;
        page.file_input("#album", "files").add(text(name, content)).choose().await;
        assert_eq!(entries(&page), [format!("{name} 0% {error}")]);
        assert_eq!(refs(&mut page)[3], "0");
        // E104: however often it is tried.
        for _ in 0..2 {
            let refused = page.file_input("#album", "files").upload(100).await.unwrap_err();
            assert_eq!((&refused[0][0], refs(&mut page)[2].as_str()), (&json!("0"), ""));
            page.form("#album").submit().await;
        }
        assert_eq!((entries(&page).len(), page.count(".saved")), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn f041_too_many_files_are_an_error_of_the_upload() {
    let (mut page, _folder) = open("many").await;
    let three = page
        .file_input("#album", "files")
        .add(text("a.txt", "a"))
        .add(text("b.txt", "b"))
        .add(text("c.txt", "c"));
    let answer = three.preflight().await;
    assert_eq!(answer["error"], json!([["2", "too_many_files"]]));
    assert_eq!(page.texts(".error"), ["too many files"]);
    let upload = page.element(".files", None).attr("id").unwrap().to_owned();
    assert_eq!(refs(&mut page)[3], upload);
    page.event("cancel", json!({ "name": "b.txt" })).await;
    assert_eq!((page.texts(".error").len(), refs(&mut page)[3].as_str()), (0, ""));
    // The others are chosen still.
    page.file_input("#album", "files").upload(100).await.unwrap();
    page.form("#album").submit().await;
    assert_eq!(page.texts(".saved"), ["a.txt=a", "c.txt=c"]);
}

#[tokio::test(start_paused = true)]
async fn f150_of_an_upload_for_one_file_another_takes_its_place() {
    let (mut page, _folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "a")).choose().await;
    page.file_input("#album", "files").add(text("b.txt", "b")).choose().await;
    assert_eq!((entries(&page), page.count(".error")), (vec!["b.txt 0%".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn f151_files_send_themselves_up_to_the_bound() {
    let (mut page, _folder) = open("auto&many").await;
    assert_eq!(page.element(".files", None).attr("data-phx-auto-upload"), Some(""));
    let three = page
        .file_input("#album", "files")
        .add(text("a.txt", "a"))
        .add(text("b.png", "b"))
        .add(text("c.txt", "c"));
    let answer = three.preflight().await;
    let entries: Vec<_> = answer["entries"].as_object().unwrap().keys().collect();
    assert_eq!(entries, ["0"]);
    assert_eq!(answer["errors"], json!({ "1": ["not_accepted"], "2": ["too_many_files"] }));
    page.file_input("#album", "files").upload(100).await.unwrap();
    assert_eq!(refs(&mut page)[1], "0");
}

#[tokio::test(start_paused = true)]
async fn f155_a_cancelled_file_is_gone_and_does_not_come_back() {
    let (mut page, folder) = open("many").await;
    let both = page.file_input("#album", "files").add(text("a.txt", "0123456789")).add(text("b.txt", "b"));
    both.upload(50).await.unwrap();
    assert_eq!(count(&folder), 2);
    page.event("cancel", json!({ "name": "a.txt" })).await;
    assert_eq!((entries(&page), refs(&mut page)[0].as_str()), (vec!["b.txt 100%".to_owned()], "1"));
    until(&folder, 1).await;
}

#[tokio::test(start_paused = true)]
async fn f155_what_is_postponed_stays() {
    let (mut page, folder) = open("").await;
    page.file_input("#album", "files").add(text("a.txt", "abc")).upload(100).await.unwrap();
    page.event("later", ()).await;
    assert_eq!((entries(&page), count(&folder)), (vec!["a.txt 100%".to_owned()], 1));
    page.event("save", ()).await;
    assert_eq!(page.texts(".saved"), ["a.txt=abc"]);
}

#[tokio::test(start_paused = true)]
async fn f157_files_that_were_consumed_count_in_total() {
    for (query, room) in [("many", true), ("total", false)] {
        let (mut page, _folder) = open(query).await;
        page.file_input("#album", "files").add(text("a.txt", "a")).upload(100).await.unwrap();
        page.event("save", ()).await;
        let two = page.file_input("#album", "files").add(text("b.txt", "b")).add(text("c.txt", "c"));
        assert_eq!(two.upload(100).await.is_ok(), room, "{query}");
        assert_eq!(page.count(".error") == 0, room, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn f154_progress_may_lead_elsewhere() {
    let (mut page, folder) = open("leaves").await;
    page.file_input("#album", "files").add(text("a.txt", "abc")).upload(100).await.unwrap();
    page.expect_redirect("/saved").await;
    until(&folder, 0).await;
}

#[tokio::test(start_paused = true)]
async fn f150_a_name_is_not_allowed_again_while_files_are_chosen() {
    let (mut page, _folder) = open("").await;
    page.event("again", ()).await;
    assert_eq!(page.count(".news"), 0);
    page.file_input("#album", "files").add(text("a.txt", "abc")).choose().await;
    page.event("again", ()).await;
    assert!(page.text(".news").contains("files are chosen"), "{}", page.html());
    assert_eq!(entries(&page).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn f155_what_was_taken_before_an_error_is_not_lost() {
    let (mut page, folder) = open("many").await;
    let both = page.file_input("#album", "files").add(text("a.txt", "abc")).add(text("b.txt", "refused"));
    both.upload(100).await.unwrap();
    page.event("save", ()).await;
    assert_eq!(
        (page.texts(".saved"), page.text(".news")),
        (vec!["a.txt=abc".to_owned()], "not this".to_owned())
    );
    assert_eq!(entries(&page), ["b.txt 100%"]);
    until(&folder, 1).await;
}
