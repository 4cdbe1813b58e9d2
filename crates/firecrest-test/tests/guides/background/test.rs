#[firecrest::test]
async fn a_year_that_is_over_can_be_looked_at() {
    let mut page = TestView::mount::<Orders>().await;
    assert_eq!(page.text("p"), "One moment …");
    page.work_done().await;
    assert_eq!(page.texts("p"), ["#1: 506.5 €", "#2: 1013 €", "#3: 1519.5 €"]);

    page.event("year", json!({ "year": 2027 })).await;
    assert_eq!(page.texts(".old p").len(), 3);
    page.work_done().await;
    assert_eq!(page.text("[role=alert]"), "There is nothing to be seen: there is no year 2027.");
}
