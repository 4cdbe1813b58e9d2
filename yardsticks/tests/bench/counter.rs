//! The page with a counter.

use serde_json::json;

use crate::page::Page;
use crate::server::Server;

/// Spec §11.1.
#[test]
fn the_counter_is_loaded_joined_and_clicked() {
    let server = Server::start(env!("CARGO_BIN_EXE_yardstick-firecrest"));
    let page = Page::load(&server, "/counter");
    let count: u64 = page.between("Current count: ", "<").parse().unwrap();
    let mut view = page.join(&server, "/counter");
    assert_eq!(view.joined["rendered"]["0"], count.to_string(), "{}", view.joined);
    for (event, count) in [("inc", count + 1), ("inc", count + 2), ("dec", count + 1)] {
        let diff = view.click(event, &json!({ "value": "" }));
        assert_eq!(diff, json!({ "diff": { "0": count.to_string() } }));
    }
}
