//! Addresses: birds, tabs, pages.

use crate::open;

#[firecrest::test]
async fn f100_tabs_and_pages_are_addresses_of_one_view() {
    let mut page = open("/live-demo/pages/wren").await;
    assert_eq!(page.text(".card .count"), "8.9 g");
    page.element("a", "Sightings").click().await;
    page.expect_patch("/live-demo/pages/wren?tab=sightings&page=0").await;
    let first = page.texts("tbody tr");
    page.element("[aria-label='Pages of sightings'] a", "3").click().await;
    page.expect_patch("/live-demo/pages/wren?tab=sightings&page=2").await;
    assert_ne!(page.texts("tbody tr"), first);
    assert_eq!(page.text("[aria-label='Pages of sightings'] [aria-current]"), "3");
    page.refute_redirect().await;
}

#[firecrest::test]
async fn f075_an_address_is_opened_where_it_points_and_nonsense_is_the_beginning() {
    let last = open("/live-demo/pages/wren?tab=sightings&page=3").await;
    let beyond = open("/live-demo/pages/wren?tab=sightings&page=99").await;
    assert_eq!(last.texts("tbody tr"), beyond.texts("tbody tr"));
    for address in ["/live-demo/pages/wren?tab=x", "/live-demo/pages/wren?page=-1", "/live-demo/pages?x[]=1"]
    {
        assert_eq!(open(address).await.count("meter"), 1, "{address}");
    }
}

#[firecrest::test]
async fn f101_a_bird_leads_to_the_next() {
    let mut page = open("/live-demo/pages/willow-warbler").await;
    page.element("a", "Firecrest →").click().await;
    page.expect_redirect("/live-demo/pages/firecrest").await;
    page.follow_redirect().await.unwrap();
    assert_eq!((page.text("h1"), page.title()), ("Firecrest".to_owned(), "Firecrest · Firecrest".to_owned()));
}

#[firecrest::test]
async fn f104_a_message_comes_along_by_navigation_and_by_redirect() {
    let mut page = open("/live-demo/pages/robin").await;
    page.element("button", "Anywhere").click().await;
    page.follow_redirect().await.unwrap();
    assert_ne!(page.text("h1"), "Robin");
    assert_eq!(page.text("#flash-info span"), "This came along from the robin.");
    let here = page.address();
    page.element("button", "Reload").click().await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.address(), here);
    assert_eq!(page.text("#flash-info span"), "The page was loaded anew, and this came along.");
}
