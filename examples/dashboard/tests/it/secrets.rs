//! A token is sent, and shown nowhere.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use dashboard::{Config, Dashboard};
use firecrest::Endpoint;
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::{Site, until};

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was shown to a server that always answers the same.
type Heard = Arc<Mutex<Vec<String>>>;

/// Such a server.
async fn listen(answer: Response) -> (SocketAddr, Heard, AbortOnDropHandle<()>) {
    let heard = Heard::default();
    let (status, headers, all) = (answer.status(), answer.headers().clone(), Arc::clone(&heard));
    let app = Router::new().fallback(async move |asked: HeaderMap| {
        let shown = asked.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        all.lock().unwrap().push(shown.to_owned());
        (status, headers)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (address, heard, AbortOnDropHandle::new(serving))
}

/// A variable that is set whenever cargo runs tests, and whose value nothing else says: it plays the token.
const VARIABLE: &str = "CARGO_MANIFEST_DIR";

#[tokio::test]
async fn a_token_is_sent_and_neither_logged_nor_shown() {
    let log = Log::default();
    let lines = log.clone();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || lines.clone());
    let subscriber = tracing_subscriber::registry().with(LevelFilter::TRACE).with(layer);
    let _guard = tracing::subscriber::set_default(subscriber);

    let (address, heard, _serving) = listen(StatusCode::UNAUTHORIZED.into_response()).await;
    let cards = format!(
        "[[repository]]\nrepository = 'a/b'\nbase_url = 'http://{address}'\ntoken_env = '{VARIABLE}'\n"
    );
    let site = Site::new(&cards);
    let page = site.open().await;
    until(&page, |page| page.text(".freshness").contains("401 Unauthorized")).await;

    let secret = std::env::var(VARIABLE).unwrap();
    assert_eq!(heard.lock().unwrap()[0], format!("Bearer {secret}"));
    let html = site.html().await;
    assert!(!html.contains(&secret) && !html.contains(VARIABLE), "{html}");
    let config: Config = cards.parse().unwrap();
    let dashboard = Dashboard::start(&Endpoint::builder().build().unwrap(), config).unwrap();
    assert!(!format!("{dashboard:?}").contains(&secret));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the dashboard has started"), "{log}");
    assert!(!log.contains(&secret), "{log}");
}

#[tokio::test]
async fn a_token_does_not_go_where_its_source_redirects_to() {
    let (elsewhere, heard, _elsewhere) = listen(StatusCode::UNAUTHORIZED.into_response()).await;
    let redirect = Redirect::temporary(&format!("http://{elsewhere}/")).into_response();
    let (address, first, _serving) = listen(redirect).await;
    let site = Site::new(&format!(
        "[[json]]\nurl = 'http://{address}'\nfigures = [{{label = 'x', pointer = ''}}]\ntoken_env = '{VARIABLE}'\n"
    ));
    let page = site.open().await;
    until(&page, |page| page.text(".freshness").contains("401 Unauthorized")).await;
    assert!(first.lock().unwrap()[0].starts_with("Bearer "));
    assert_eq!(heard.lock().unwrap()[0], "");
}

#[tokio::test]
async fn a_token_that_there_is_not_is_an_error_that_names_card_and_variable() {
    let config = "[[repository]]\nrepository = 'a/b'\ntoken_env = 'DASHBOARD_NO_SUCH_TOKEN'\n";
    let endpoint = Endpoint::builder().build().unwrap();
    let error = Dashboard::start(&endpoint, config.parse().unwrap()).unwrap_err().to_string();
    assert_eq!(
        error,
        "the card \"a/b\": the variable DASHBOARD_NO_SUCH_TOKEN, which `token_env` names, is not set"
    );
}
