//! The gallery: what is a picture hangs on the wall, until its visitor leaves.

use axum::body::Body;
use firecrest::Endpoint;
use firecrest_test::{TestBrowser, TestFile, TestPage};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn picture(name: &str) -> TestFile {
    TestFile::new(name, PNG).content_type("image/png")
}

async fn open() -> (TestPage, axum::Router) {
    let endpoint = Endpoint::builder().build().unwrap();
    let router = live_demo::router(&endpoint);
    (TestBrowser::new(&endpoint, router.clone()).open("/live-demo/gallery").await.unwrap(), router)
}

async fn status(router: &axum::Router, path: &str) -> StatusCode {
    router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
}

#[firecrest::test]
async fn a_picture_hangs_on_the_wall_until_it_is_taken_down() {
    let (mut page, router) = open().await;
    assert!(page.element("button[type=submit]", None).attr("disabled").is_some());
    page.file_input("#gallery", "pictures")
        .add(picture("a.png"))
        .add(picture("b.png"))
        .upload(50)
        .await
        .unwrap();
    assert_eq!(page.count("#chosen > li"), 2);
    page.element("#chosen > li:first-child button", None).click().await;
    page.file_input("#gallery", "pictures").upload(100).await.unwrap();
    page.form("#gallery").submit().await;
    assert_eq!((page.count("#chosen > li"), page.count("#wall > li")), (0, 1));
    let source = page.element("#wall img", None).attr("src").unwrap().to_owned();
    assert_eq!(status(&router, &source).await, StatusCode::OK);
    page.element("#wall button", None).click().await;
    assert_eq!((page.count("#wall > li"), status(&router, &source).await), (0, StatusCode::NOT_FOUND));
}

#[firecrest::test]
async fn what_only_calls_itself_a_picture_is_none() {
    let (mut page, _router) = open().await;
    let script = TestFile::new("a.png", "<script>").content_type("image/png");
    page.file_input("#gallery", "pictures").add(script).upload(100).await.unwrap();
    page.form("#gallery").submit().await;
    assert_eq!((page.count("#wall > li"), page.text(".error")), (0, "a.png is no picture.".to_owned()));
}

#[firecrest::test]
async fn the_oldest_make_room() {
    let (mut page, _router) = open().await;
    for number in 0..8 {
        page.file_input("#gallery", "pictures")
            .add(picture(&format!("{number}.png")))
            .upload(100)
            .await
            .unwrap();
        page.form("#gallery").submit().await;
    }
    assert_eq!(page.count("#wall > li"), 6);
    assert_eq!(page.element("#wall > li:first-child img", None).attr("alt"), Some("2.png"));
}

#[firecrest::test]
async fn the_pictures_of_who_leaves_are_gone() {
    let (mut page, router) = open().await;
    page.file_input("#gallery", "pictures").add(picture("a.png")).upload(100).await.unwrap();
    page.form("#gallery").submit().await;
    let source = page.element("#wall img", None).attr("src").unwrap().to_owned();
    page.navigate("/counter").await.unwrap();
    assert_eq!(status(&router, &source).await, StatusCode::NOT_FOUND);
}
