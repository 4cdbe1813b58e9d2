//! What a view has in its state.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::mark::Shared;
use super::waiting::Place;

/// A list that the client keeps: the server sends items and forgets them (F058).
///
/// What is done to a stream waits in it until a message with it is made for the client; then items and operations are gone,
/// and what a viewer costs does not depend on how much is on the page. `html!` shows it in an element with
/// `phx-update="stream"` and an id of its own, and each item in one element that has the item's id:
///
/// ```
/// use firecrest_live::{Stream, html};
///
/// struct Song { id: u32, title: &'static str }
///
/// let mut songs = Stream::new(|song: &Song| format!("songs-{}", song.id));
/// songs.append(Song { id: 1, title: "Sun" });
/// songs.prepend(Song { id: 2, title: "Moon" });
/// let page = html! {
///     <ul id="songs" phx-update="stream">
///         stream (id, song) in &songs { <li id={id}>{song.title}</li> }
///     </ul>
/// };
/// let items = r#"<li id="songs-1">Sun</li><li id="songs-2">Moon</li>"#;
/// assert_eq!(page.to_string(), format!(r#"<ul id="songs" phx-update="stream">{items}</ul>"#));
/// ```
///
/// The page's first HTML shows the items in the order in which they were put in, as above; where they belong and limits are the
/// client's business, once it is connected.
///
/// A stream is no collection: it cannot be counted or searched, and iterated by a template only, once in a page (F059). A
/// branch that is not shown shows nothing of its stream: what happens meanwhile waits, but what has been sent before is lost
/// when the branch comes again. Two items with the same id are one, the newest; the id must be unique in the page.
///
/// A stream that is made anew and stands where another one stood takes its place: what that one had shown goes. It is the same as to
/// reset the one that is there.
///
/// A shared view cannot have streams, since whoever comes later would see them empty: there, use a keyed list.
pub struct Stream<T> {
    id: Box<dyn Fn(&T) -> String + Send + Sync>,
    limit: i32,
    pub(super) shared: Arc<Mutex<Shared<T>>>,
}

impl<T> Stream<T> {
    /// How many operations may wait for a message: 100,000. With one more, all are dropped, and so are those that come then: showing the
    /// stream is an error, which ends the view, unless it was [reset](Self::reset).
    pub const MAX_WAITING: usize = 100_000;

    /// An empty stream. `id` makes the id that an item's element has in the page.
    pub fn new(id: impl Fn(&T) -> String + Send + Sync + 'static) -> Stream<T> {
        Stream { id: Box::new(id), limit: 0, shared: Arc::default() }
    }

    /// How many items the client keeps from now on, when one is put in (0, the default: all of them): with a positive limit it
    /// drops what is too much at the end, with a negative one at the beginning.
    ///
    /// So a list that is scrolled down says `rows.limit(-200).extend(next)`, and one that is scrolled up
    /// `rows.limit(200).prepend_all(previous)`. An item that is put in at the end of a full list with a positive limit is dropped at
    /// once. What the page's first HTML shows is not limited. Children of the element that are no items count as if they were some.
    pub fn limit(&mut self, limit: i32) -> &mut Stream<T> {
        self.limit = limit;
        self
    }

    /// Puts an item at the end.
    ///
    /// One whose id is in the page already is brought up to date where it stands, as with all that put items in. To move it,
    /// delete it first.
    pub fn append(&mut self, item: T) {
        self.put(item, Place::End);
    }

    /// Puts an item at the beginning.
    pub fn prepend(&mut self, item: T) {
        self.insert(0, item);
    }

    /// Puts an item at an index, counted from 0; at the end if there are not as many.
    pub fn insert(&mut self, at: usize, item: T) {
        self.put(item, Place::At(at));
    }

    /// Puts items at the beginning, in their order.
    pub fn prepend_all(&mut self, items: impl IntoIterator<Item = T>) {
        self.insert_all(0, items);
    }

    /// Puts items at an index and those after it, in their order.
    pub fn insert_all(&mut self, at: usize, items: impl IntoIterator<Item = T>) {
        for (index, item) in items.into_iter().enumerate() {
            self.insert(at.saturating_add(index), item);
        }
    }

    /// Brings an item up to date if it is in the page; else it does nothing.
    pub fn update_only(&mut self, item: T) {
        self.put(item, Place::Same);
    }

    /// Takes an item out.
    pub fn delete(&mut self, item: &T) {
        self.delete_id(&(self.id)(item));
    }

    /// Takes the item with an id out. If there is none, nothing happens; an element that is no item of the stream is not for this.
    pub fn delete_id(&mut self, id: &str) {
        self.lock().wait(|waiting| waiting.delete(id));
    }

    /// Takes all items out, also those that wait or were too many. Items that are put in afterwards and were in the page are not made
    /// anew: they stay what they are, with the focus and what else the browser knows of them, in the new order.
    pub fn reset(&mut self) {
        self.lock().reset();
    }

    fn put(&mut self, item: T, place: Place) {
        let id = (self.id)(&item);
        let mut shared = self.lock();
        let is_new = shared.is_new();
        shared.wait(|waiting| waiting.put(&id, item, place, self.limit, is_new));
    }

    fn lock(&self) -> MutexGuard<'_, Shared<T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts items at the end, in their order.
impl<T> Extend<T> for Stream<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.append(item));
    }
}

impl<T> fmt::Debug for Stream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = match self.shared.try_lock() {
            Ok(shared) => shared.len(),
            Err(TryLockError::Poisoned(shared)) => shared.into_inner().len(),
            // It is being shown.
            Err(TryLockError::WouldBlock) => None,
        };
        f.debug_struct("Stream").field("waiting", &waiting).finish_non_exhaustive()
    }
}
