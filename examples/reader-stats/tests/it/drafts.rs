//! Drafts: for whoever has the link, and not to be counted.

use crate::pages::get;
use crate::site::{POST, Site, seconds};

const DRAFT: &str = "written-down";

#[firecrest::test]
async fn b011_the_preview_of_a_draft_counts_nothing() {
    let site = Site::new();
    let previews = reader_stats::previews(&site.endpoint);
    assert_eq!(previews.len(), 1);
    let mut page = site.visitor().open(&previews[0]).await.unwrap();
    assert_eq!(page.text(".post .status"), "A draft: nobody is counted here.");
    assert_eq!((page.count(".readers"), page.count(".tags"), page.children().len()), (0, 0, 0));
    seconds(20).await;
    crate::site::report(&mut page, true).await;
    seconds(20).await;
    assert_eq!(site.reads(DRAFT).await, 0);
}

#[firecrest::test]
async fn b011_a_draft_is_seen_by_whoever_has_its_link_only() {
    let site = Site::new();
    let preview = reader_stats::previews(&site.endpoint).remove(0);
    let (path, token) = preview.split_once('?').unwrap();
    assert_eq!(path, format!("/blog/{DRAFT}"));
    for address in [path.to_owned(), format!("{path}?preview=forged"), format!("{path}?preview=")] {
        let error = site.visitor().open(&address).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 404, "{address}");
    }
    assert!(get(&site, &preview).await.contains("Waiting together"));
    assert!(get(&site, &format!("/blog/{POST}?{token}")).await.contains("Who is a reader?"));
}

#[firecrest::test]
async fn b011_a_draft_is_in_no_list() {
    let site = Site::new();
    for address in ["/blog", "/blog/stats", &format!("/blog/{POST}")] {
        assert!(!get(&site, address).await.contains(DRAFT), "{address}");
    }
}

#[firecrest::test]
async fn b011_nobody_navigates_to_a_draft() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    assert!(page.navigate(&format!("/blog/{DRAFT}")).await.is_err());
}
