//! The operator's page.

use crate::site::{OTHER, POST, Site, open, seconds};

/// How long the bars are, in the page's order.
fn bars(page: &firecrest_test::TestPage) -> Vec<String> {
    let html = page.html();
    let rects = html.split("<rect ").skip(1);
    rects.map(|rect| rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[firecrest::test]
async fn b013_bars_and_table_grow_while_the_operator_watches() {
    let site = Site::new();
    let operator = site.visitor().open("/blog/stats").await.unwrap();
    assert_eq!((operator.text("h1"), operator.title()), ("Readers".into(), "Readers · Firecrest".into()));
    assert_eq!(bars(&operator), ["0%"; 4]);
    assert_eq!(operator.texts(".scale text"), ["0", "1"]);
    let visitors = [site.visitor(), site.visitor(), site.visitor()];
    let mut pages = Vec::new();
    for visitor in &visitors {
        pages.push(open(visitor, POST).await);
    }
    pages.push(open(&visitors[0], OTHER).await);
    seconds(1).await;
    assert_eq!(operator.texts("tbody .number"), ["0", "3", "0", "1", "0", "0", "0", "0"]);
    seconds(10).await;
    assert_eq!(operator.texts("tbody .number"), ["3", "3", "1", "1", "0", "0", "0", "0"]);
    assert_eq!(bars(&operator), ["90.9%", "30.3%", "0%", "0%"], "from 0 to 1.1 times the largest");
    assert_eq!(operator.texts(".scale text"), ["0", "1", "2", "3"]);
    drop(pages);
    seconds(1).await;
    assert_eq!(operator.texts("tbody .number"), ["3", "0", "1", "0", "0", "0", "0", "0"]);
}

#[firecrest::test]
async fn the_list_of_posts_is_live_too() {
    let site = Site::new();
    let list = site.visitor().open("/blog").await.unwrap();
    let _page = site.open(POST).await;
    seconds(11).await;
    assert_eq!(list.texts(".posts b"), ["1", "0", "0", "0"]);
}
