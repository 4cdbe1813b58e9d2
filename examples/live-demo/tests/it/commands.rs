//! What the browser does by itself.

use crate::open;

#[firecrest::test]
async fn only_the_release_reaches_the_server() {
    let mut page = open("/live-demo/modal").await;
    assert_eq!(page.count("[phx-click*=push_focus]"), 2);
    assert_eq!(page.count("[phx-click*='\"push\"']"), 1);
    page.element("#cage button", "Release").click().await;
    assert_eq!(page.text("[role=status].badge"), "1 released");
}

#[firecrest::test]
async fn f034_what_keeps_the_focus_has_an_end_on_each_side() {
    let page = open("/live-demo/modal").await;
    for id in ["menu", "cage-wrap"] {
        assert!(page.has(
            &format!("#{id}[phx-hook='Phoenix.FocusWrap'] > #{id}-start:first-child[tabindex='0']"),
            None
        ));
        assert!(page.has(&format!("#{id} > #{id}-end:last-child[tabindex='0']"), None));
    }
}
