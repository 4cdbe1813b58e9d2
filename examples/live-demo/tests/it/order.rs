//! The order: rows, a total, and its way without JavaScript.

use axum::Router;
use axum::body::Body;
use firecrest::Endpoint;
use firecrest::live::form::FormData;
use firecrest::prelude::json;
use firecrest_test::{TestBrowser, TestPage};
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::open;

const NUTS: &str = "Peanuts, 1 kg";
const BATH: &str = "Bird bath";

/// What is typed into a line.
async fn fill(page: &mut TestPage, line: usize, item: &str, quantity: &str) {
    let line = line.to_string();
    let fields = json!({ "order": { "lines": { line: { "item": item, "quantity": quantity } } } });
    page.form("#order").fill(fields).change().await;
}

/// What is chosen in each line.
fn items(page: &mut TestPage) -> Vec<String> {
    let count = page.count("#lines > li");
    let name = |line| format!("order[lines][{line}][item]");
    (0..count).map(|line| page.form("#order").value(&name(line)).unwrap_or_default()).collect()
}

#[firecrest::test]
async fn f033_lines_come_move_and_go_and_the_total_follows() {
    let mut page = open("/live-demo/order").await;
    fill(&mut page, 0, NUTS, "2").await;
    fill(&mut page, 1, BATH, "1").await;
    assert_eq!(page.text(".total b"), "€ 43.70");
    page.element("button.scripted", "Add a line").click().await;
    assert_eq!(items(&mut page), [NUTS, BATH, "", ""]);
    page.element("[aria-label='Up, line 2 of 4']", None).click().await;
    assert_eq!(items(&mut page), [BATH, NUTS, "", ""]);
    assert_eq!(page.texts("#lines .amount"), ["€ 32.90", "€ 10.80", "€ 0.00", "€ 0.00"]);
    page.element("[aria-label='Remove line 1 of 4']", None).click().await;
    assert_eq!(items(&mut page), [NUTS, "", ""]);
    assert_eq!(page.text(".total b"), "€ 10.80");
}

#[firecrest::test]
async fn f032_a_line_has_its_own_faults_and_they_move_with_it() {
    let mut page = open("/live-demo/order").await;
    fill(&mut page, 1, NUTS, "100").await;
    assert_eq!(page.texts(".error"), ["must be 1 to 99"]);
    assert_eq!(page.texts("#order_lines_1 .error").len(), 1);
    page.element("[aria-label='Down, line 2 of 3']", None).click().await;
    assert_eq!(page.texts("#lines > li:last-child .error"), ["must be 1 to 99"]);
    page.element("[aria-label='Remove line 3 of 3']", None).click().await;
    assert_eq!(page.count(".error"), 0);
}

#[firecrest::test]
async fn f030_an_order_is_sent_when_nothing_is_wrong() {
    let mut page = open("/live-demo/order").await;
    fill(&mut page, 0, NUTS, "3").await;
    page.form("#order").submit().await;
    assert_eq!(page.count(".error"), 5, "the name, and two lines");
    for line in ["line 3 of 3", "line 2 of 2"] {
        page.element(&format!("[aria-label='Remove {line}']"), None).click().await;
    }
    page.form("#order").fill([("order[name]", " Ann ")]).submit().await;
    assert_eq!(page.text("section h2"), "Thank you, Ann! The birds are looking forward to € 16.20.");
    page.element("button", "Order something else").click().await;
    assert_eq!(items(&mut page), ["", "", ""]);
}

#[firecrest::test]
async fn f033_an_order_has_one_line_at_least_and_twelve_at_most() {
    let mut page = open("/live-demo/order").await;
    for left in [3, 2, 1] {
        page.element(&format!("[aria-label='Remove line 1 of {left}']"), None).click().await;
    }
    page.form("#order").submit().await;
    assert_eq!(page.texts(".error"), ["must not be empty", "An order has a line at least."]);
    for _ in 0..13 {
        page.element("button.scripted", "Add a line").click().await;
    }
    page.form("#order").submit().await;
    assert!(page.texts(".error").contains(&"An order has 12 lines at most.".to_owned()));
}

/// A browser without JavaScript: cookies, and what a form of the page would send.
struct Plain {
    router: Router,
    cookie: String,
    token: String,
}

impl Plain {
    async fn open() -> Plain {
        let endpoint = Endpoint::builder().build().unwrap();
        let router = live_demo::router(&endpoint);
        let request = Request::get("/live-demo/order").body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let html = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        let (_, rest) = html.split_once("name=\"_csrf_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap().to_owned();
        Plain { router, cookie, token }
    }

    /// Where the answer to a form leads.
    async fn send(&self, to: &str, order: &str) -> (StatusCode, String) {
        let body = format!("{order}&_csrf_token={}", self.token);
        let request = Request::post(to)
            .header(COOKIE, &self.cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let location = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (response.status(), location.unwrap_or_default())
    }

    async fn page(&self, address: &str) -> TestPage {
        let endpoint = Endpoint::builder().build().unwrap();
        TestBrowser::new(&endpoint, live_demo::router(&endpoint)).open(address).await.unwrap()
    }
}

#[firecrest::test]
async fn f030_without_javascript_an_order_is_sent_over_http() {
    let browser = Plain::open().await;
    let order = "order[name]=Ann&order[lines][0][item]=Bird+bath&order[lines][0][quantity]=2\
        &order[lines][1][item]=&order[lines][1][quantity]=&order[lines_drop][]=";
    let (status, to) = browser.send("/live-demo/order/send", order).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/live-demo/order"));
    let stranger = Plain { token: "none".to_owned(), ..Plain::open().await };
    assert_eq!(stranger.send("/live-demo/order/send", order).await.0, StatusCode::FORBIDDEN);
}

#[firecrest::test]
async fn f033_without_javascript_what_was_typed_comes_back_with_its_faults() {
    let browser = Plain::open().await;
    let order = "order[name]=&order[lines][0][item]=Bird+bath&order[lines][0][quantity]=x";
    let (_, to) = browser.send("/live-demo/order/send", order).await;
    let mut page = browser.page(&to).await;
    assert_eq!(page.texts(".error"), ["must not be empty", "is not a whole number"]);
    assert_eq!(items(&mut page), [BATH]);
    assert!(!to.contains("csrf"), "{to}");
}

#[firecrest::test]
async fn f033_without_javascript_a_line_is_added() {
    let browser = Plain::open().await;
    let order = "order[lines_sort][]=0&order[lines][0][item]=Bird+bath&order[lines_sort][]=new";
    let (_, to) = browser.send("/live-demo/order/more", order).await;
    let mut page = browser.page(&to).await;
    assert_eq!((items(&mut page), page.count(".error")), (vec![BATH.to_owned(), String::new()], 0));
    let said = FormData::decode(to.split_once('?').unwrap().1).unwrap();
    assert_eq!(said.text("order[lines][0][item]"), Some(BATH));
}
