//! The page with a board, as one view for all and as a view for each.

use serde_json::json;

use crate::page::{Page, View};
use crate::server::Server;

const FIRECREST: &str = env!("CARGO_BIN_EXE_yardstick-firecrest");

fn join(server: &Server, path: &str) -> View {
    Page::load(server, path).join(server, path)
}

/// What one of the viewers wants to be shown is shown to all of them, each time.
fn a_change_is_seen_by_all(server: &Server, path: &str) {
    let mut viewers = [(); 3].map(|()| join(server, path));
    for text in ["1000000000", "1000000001"] {
        let click = json!({ "type": "click", "event": "show", "value": { "text": text } });
        let [first, others @ ..] = &mut viewers;
        first.client.send(&json!(["1", "2", first.topic, "event", click]));
        let mut heard = [first.next(), first.next()];
        // They come in any order.
        heard.sort_by_key(|(event, _)| event == "phx_reply");
        let diff = (json!("diff"), json!({ "0": text }));
        let answer = (json!("phx_reply"), json!({ "response": {}, "status": "ok" }));
        assert_eq!(heard, [diff.clone(), answer]);
        for viewer in others {
            assert_eq!(viewer.next(), diff);
        }
    }
}

#[test]
fn a_shared_board_is_rendered_once_for_all() {
    let server = Server::start(FIRECREST);
    let renders = || Page::load(&server, "/renders").body().to_owned();
    assert_eq!(renders(), "0");
    let viewers = [(); 3].map(|()| join(&server, "/board"));
    assert!(viewers.iter().all(|viewer| viewer.topic == viewers[0].topic));
    assert_eq!(renders(), "1");
    a_change_is_seen_by_all(&server, "/board");
    assert_eq!(renders(), "3");
}

#[test]
fn a_board_for_each_shows_the_same() {
    let server = Server::start(FIRECREST);
    let [one, other] = [(); 2].map(|()| join(&server, "/own-board"));
    assert_ne!(one.topic, other.topic);
    a_change_is_seen_by_all(&server, "/own-board");
}
