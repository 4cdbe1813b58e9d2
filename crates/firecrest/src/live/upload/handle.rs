//! An upload, as its view has it.

use std::marker::PhantomData;
use std::sync::Arc;

use firecrest_live::{Attributes, Html};

use super::inner::Inner;
use super::writer::Fault;
use super::{ConsumeError, TempUpload, UploadEntry, UploadError, markup};

/// Files that a view, or a component, takes from its visitor (F150): kept in the state, made with
/// [`View::allow_upload`](crate::live::View::allow_upload).
///
/// Clones are the same, and cheap. When the last one is dropped the upload ends: what is on its way is cancelled, temporary files
/// are removed. It ends with its view, too.
///
/// ```
/// use firecrest::prelude::*;
/// use firecrest::live::{Consumed, Upload, UploadOptions};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Say { Check, Save, Cancel { r#ref: String } }
///
/// struct Album { photos: Upload, saved: usize }
///
/// impl LiveView for Album {
///     type Event = Say;
///     type Info = ();
///
///     async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
///         let options = UploadOptions::new().accept([".jpg", ".png"]).max_entries(5);
///         Ok(Album { photos: cx.allow_upload("photos", options)?, saved: 0 })
///     }
///
///     async fn handle_event(&mut self, event: Say, _cx: &mut View<'_>) -> Outcome {
///         match event {
///             Say::Check => {}
///             Say::Cancel { r#ref } => drop(self.photos.cancel(&r#ref)),
///             Say::Save => {
///                 let saved = self.photos.consume(async |_, file| {
///                     let name = file.path().file_name().unwrap_or_default().display();
///                     file.persist(format!("photos/{name}.jpg")).await?;
///                     Ok(Consumed::Done(()))
///                 });
///                 self.saved += saved.await.unwrap_or_else(|error| error.taken).len();
///             }
///         }
///         Outcome::Render
///     }
///
///     fn render(&self) -> Html {
///         html! {
///             <form id="album" phx-change="check" phx-submit="save" phx-drop-target={self.photos.reference()}>
///                 {self.photos.input()}
///                 for entry in self.photos.entries(), key = entry.reference().to_owned() {
///                     <figure>
///                         {entry.preview()} <progress max="100" value={entry.progress()}></progress>
///                         <button type="button" phx-click="cancel" phx-value-ref={entry.reference()}>"Cancel"</button>
///                         for error in entry.errors() { <p class="error">{error}</p> }
///                     </figure>
///                 }
///                 for error in self.photos.errors() { <p class="error">{error}</p> }
///                 <button>"Save"</button>
///             </form>
///         }
///     }
/// }
/// ```
#[must_use = "the upload ends when this is dropped"]
pub struct Upload<M = TempUpload> {
    pub(in crate::live) inner: Arc<Inner>,
    meta: PhantomData<fn() -> M>,
}

/// What has become of a file in [`Upload::consume`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumed<T> {
    /// It was taken: the page forgets it, and a temporary file that was not kept is removed.
    Done(T),
    /// It stays as it is, for another time.
    Postponed,
}

impl<M: Clone + Send + Sync + 'static> Upload<M> {
    pub(super) fn new(inner: Inner) -> Self {
        Upload { inner: Arc::new(inner), meta: PhantomData }
    }

    /// The name of its input.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The id of its input: for a `label`, and the value of `phx-drop-target` on the element that files may be dropped on (F156).
    pub fn reference(&self) -> &str {
        &self.inner.reference
    }

    /// The input (F039). It belongs into a form with `phx-change` and `phx-submit`.
    pub fn input(&self) -> Html {
        self.input_with([("", ""); 0])
    }

    /// The input with further attributes, such as its class.
    pub fn input_with(&self, attributes: impl Attributes) -> Html {
        markup::input(&self.inner, &attributes)
    }

    /// The files that are chosen, in that order.
    pub fn entries(&self) -> Vec<UploadEntry> {
        self.inner.state().entries(&self.inner.reference)
    }

    /// What is wrong with how many there are (F041): nothing, or [`UploadError::TooManyFiles`].
    pub fn errors(&self) -> Vec<UploadError> {
        Vec::from_iter(self.inner.state().is_too_many().then_some(UploadError::TooManyFiles))
    }

    /// Whether files are chosen, all of them have arrived, and nothing is wrong.
    pub fn is_done(&self) -> bool {
        let entries = self.entries();
        !entries.is_empty() && entries.iter().all(UploadEntry::is_done)
    }

    /// Forgets a file: what is on its way is ended, what has arrived is removed, and the page does not show it any more (F155). No
    /// when there is none with this reference.
    pub fn cancel(&self, reference: &str) -> bool {
        let removed = self.inner.state().cancel(&self.inner.rules, reference);
        removed.is_some()
    }

    /// Takes all files that [are done](UploadEntry::is_done), one after the other, and gives what was made of them (F155). Those that
    /// are not stay. An `async` closure may look at what is around it; what it makes it returns.
    ///
    /// # Errors
    /// The first one of `each`. That file and those after it stay; those before it were taken, and the error has what was made of
    /// them.
    pub async fn consume<T, F: Future<Output = Result<Consumed<T>, Fault>>>(
        &self,
        mut each: impl FnMut(UploadEntry, M) -> F,
    ) -> Result<Vec<T>, ConsumeError<T>> {
        let mut taken = Vec::new();
        for (entry, meta) in self.done() {
            match each(entry.clone(), meta).await {
                Ok(Consumed::Postponed) => {}
                Ok(Consumed::Done(result)) => {
                    self.forget(entry.reference());
                    taken.push(result);
                }
                Err(error) => return Err(ConsumeError { taken, error }),
            }
        }
        Ok(taken)
    }

    /// Takes one file, if it is done.
    ///
    /// # Errors
    /// That of `take`; the file stays.
    pub async fn consume_entry<T, F: Future<Output = Result<Consumed<T>, Fault>>>(
        &self,
        reference: &str,
        take: impl FnOnce(UploadEntry, M) -> F,
    ) -> Result<Option<T>, Fault> {
        let Some((entry, meta)) = self.done().into_iter().find(|(entry, _)| entry.reference() == reference)
        else {
            return Ok(None);
        };
        match take(entry, meta).await? {
            Consumed::Postponed => Ok(None),
            Consumed::Done(result) => {
                self.forget(reference);
                Ok(Some(result))
            }
        }
    }

    fn forget(&self, reference: &str) {
        let consumed = self.inner.state().consume(&self.inner.rules, reference);
        drop(consumed);
    }

    fn done(&self) -> Vec<(UploadEntry, M)> {
        let done = self.inner.state().done(&self.inner.reference);
        // It is what the upload's own writer has made.
        done.into_iter()
            .filter_map(|(entry, meta)| Some((entry, meta.downcast_ref::<M>()?.clone())))
            .collect()
    }
}

impl<M> Clone for Upload<M> {
    fn clone(&self) -> Self {
        Upload { inner: Arc::clone(&self.inner), meta: PhantomData }
    }
}

impl<M> std::fmt::Debug for Upload<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Upload").field(&self.inner.name).finish()
    }
}

/// Whether they are the same upload.
impl<M> PartialEq for Upload<M> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl<M> Eq for Upload<M> {}
