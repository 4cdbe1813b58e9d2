//! The server: a page with an upload, and an address that takes the body of a request.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use firecrest::live::{Consumed, Document, Upload, UploadOptions};
use firecrest::prelude::*;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

/// A running server, until the process ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Removed with this.
    _folder: Arc<TempDir>,
    taken: Taken,
}

/// The sizes of files that have arrived.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<u64>>>);

impl Taken {
    fn note(&self, size: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(size);
    }
}

impl MountHook for Taken {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.clone());
        Ok(())
    }
}

impl Server {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let own = std::env::current_exe()?;
        let within = own.parent().ok_or("the program is nowhere")?;
        let folder = Arc::new(tempfile::Builder::new().prefix("files-").tempdir_in(within)?);
        let (endpoint, taken) = (Endpoint::builder().build()?, Taken::default());
        let pages =
            endpoint.live("/live").root_layout(document).upload_folder(folder.path()).on_mount(taken.clone());
        let plain =
            Router::new().route("/plain", post(plain)).with_state((Arc::clone(&folder), taken.clone()));
        let router = Router::new().merge(pages.page::<Files>("/")).merge(plain);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { endpoint.serve_on(listener, router).await });
        Ok(Server { address, _folder: folder, taken })
    }

    /// The sizes of the files that have arrived.
    pub(crate) fn taken(&self) -> Vec<u64> {
        self.taken.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes a body as it comes.
async fn plain(State((folder, taken)): State<(Arc<TempDir>, Taken)>, body: Body) -> Result<String, String> {
    let written = async {
        let (mut file, _path) = tempfile::NamedTempFile::new_in(folder.path())?.into_parts();
        let (mut chunks, mut size) = (body.into_data_stream(), 0);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(io::Error::other)?;
            size += chunk.len() as u64;
            let written = spawn_blocking(move || file.write_all(&chunk).map(|()| file));
            file = written.await.map_err(io::Error::other)??;
        }
        Ok::<_, io::Error>(size)
    };
    let size = written.await.map_err(|error| error.to_string())?;
    taken.note(size);
    Ok(size.to_string())
}

fn document(document: &Document<'_>) -> Html {
    html! { <html><head>{document.head()}</head><body>{document.content()}</body></html> }
}

struct Files {
    files: Upload,
    taken: Taken,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
    Save,
}

impl LiveView for Files {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let options = UploadOptions::new().max_file_size(u64::MAX).chunk_size(super::CHUNK);
        let taken = cx.get::<Taken>().cloned().unwrap_or_default();
        Ok(Files { files: cx.allow_upload("file", options)?, taken })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        if let Event::Save = event {
            let taken = self.files.consume(async |_, file| Ok(Consumed::Done(file.size()))).await;
            taken.unwrap_or_default().into_iter().for_each(|size| self.taken.note(size));
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form id="files" phx-change="check" phx-submit="save">
                {self.files.input()}
                for entry in self.files.entries() { <progress max="100" value={entry.progress()}></progress> }
            </form>
        }
    }
}
