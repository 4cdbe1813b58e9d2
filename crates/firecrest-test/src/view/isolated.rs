//! A view by itself (T02).

use firecrest::Endpoint;
use firecrest::live::LiveView;
use serde::Serialize;
use serde_json::Value;

use super::failure::Place;
use super::{NoPage, TestBrowser, TestPage};

/// A view by itself: without the application's routes, on an endpoint of its own (T02). It is at `/`, and every other path
/// leads to it too.
///
/// ```
/// use firecrest::prelude::*;
/// use firecrest_test::TestView;
/// # use serde::Deserialize;
/// # #[derive(Deserialize)]
/// # #[serde(rename_all = "snake_case")]
/// # enum Event { Inc }
/// # struct Counter(u64);
/// # impl LiveView for Counter {
/// #     type Event = Event;
/// #     type Info = ();
/// #     async fn mount(_: &mut Mount<'_>) -> Result<Self, MountError> { Ok(Counter(0)) }
/// #     async fn handle_event(&mut self, _: Event, _: &mut View<'_>) -> Outcome { self.0 += 1; Outcome::Render }
/// #     fn render(&self) -> Html { html! { <output>{self.0}</output> <button phx-click="inc">"+"</button> } }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let mut page = TestView::mount::<Counter>().await;
/// page.element("button", "+").click().await;
/// assert_eq!(page.text("output"), "1");
/// # }
/// ```
#[derive(Debug)]
#[must_use = "open a view with it"]
pub struct TestView {
    endpoint: Endpoint,
    given: Vec<(String, Value)>,
    session: Vec<(String, Value)>,
}

impl TestView {
    /// Mounts a view for the page and the socket.
    ///
    /// # Panics
    /// When it cannot be mounted, and as [`TestBrowser::open`].
    #[track_caller]
    pub fn mount<V: LiveView>() -> impl Future<Output = TestPage> {
        let (place, test) = (Place::here(), TestView::new());
        async move {
            let opened = place.sort(test.browser::<V>().load("/").await);
            place.check(opened.map_err(|no_page| super::failure::Failure::new(no_page.to_string())))
        }
    }

    /// A view on an endpoint of its own.
    pub fn new() -> Self {
        Self::on(&Endpoint::builder().node("test").build().expect("the defaults are valid"))
    }

    /// A view on this endpoint: to broadcast to it, say.
    pub fn on(endpoint: &Endpoint) -> Self {
        TestView { endpoint: endpoint.clone(), given: Vec::new(), session: Vec::new() }
    }

    /// Gives the view a value, which it reads with [`session`](firecrest::live::View::session).
    ///
    /// # Panics
    /// When the value has no JSON form.
    #[track_caller]
    pub fn given(mut self, key: &str, value: impl Serialize) -> Self {
        self.given.push((key.to_owned(), json(key, value)));
        self
    }

    /// Puts a value into the cookie session.
    ///
    /// # Panics
    /// When the value has no JSON form.
    #[track_caller]
    pub fn session(mut self, key: &str, value: impl Serialize) -> Self {
        self.session.push((key.to_owned(), json(key, value)));
        self
    }

    /// Mounts the view at an address: its query's parameters are the view's.
    ///
    /// # Errors
    /// When it is not mounted: it redirects, or its mount fails.
    ///
    /// # Panics
    /// As [`TestBrowser::open`].
    #[track_caller]
    pub fn open<V: LiveView>(self, address: &str) -> impl Future<Output = Result<TestPage, NoPage>> {
        let place = Place::here();
        async move { place.sort(self.browser::<V>().load(address).await) }
    }

    fn browser<V: LiveView>(self) -> TestBrowser {
        let pages = self.endpoint.live("/firecrest-test/live").session("test", |pages| {
            let pages = pages.page::<V>("/").page::<V>("/{*path}");
            self.given.iter().fold(pages, |pages, (key, value)| pages.given(key, value))
        });
        let browser = TestBrowser::new(&self.endpoint, pages);
        self.session.into_iter().fold(browser, |browser, (key, value)| browser.session(&key, value))
    }
}

impl Default for TestView {
    fn default() -> Self {
        TestView::new()
    }
}

#[track_caller]
fn json(key: &str, value: impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("the value {key:?}: {error}"),
    }
}
