//! A value that is loaded in the background (F081, F083).

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use tokio_util::sync::{CancellationToken, DropGuard};

/// A value that is being loaded, is there, or could not be loaded (F083).
///
/// [`View::load`](super::super::View::load) makes one, and the work that loads it belongs to it: who replaces or drops the value ends
/// the work, and nothing of it arrives any more. So the result of an earlier search never overwrites that of a later one.
///
/// ```
/// use firecrest::prelude::*;
///
/// struct Weather { degrees: Async<f32> }
///
/// # async fn measure() -> Result<f32, std::io::Error> { Ok(21.5) }
/// impl LiveView for Weather {
///     type Event = NoEvents;
///     type Info = ();
///
///     async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
///         Ok(Weather { degrees: cx.load(measure()) })
///     }
///
///     fn render(&self) -> Html {
///         html! {
///             match self.degrees.state() {
///                 AsyncState::Loading(_) => { <p>"One moment …"</p> }
///                 AsyncState::Ok(degrees) => { <p>{degrees} " °C"</p> }
///                 AsyncState::Failed(error, _) => { <p role="alert">"Nobody knows: " {error} "."</p> }
///             }
///         }
///     }
/// }
/// ```
///
/// Its state changes between two callbacks only. Where a value is still shown while it is loaded anew,
/// [`value`](Self::value), [`is_loading`](Self::is_loading) and [`error`](Self::error) read better than a `match`.
#[derive(Debug)]
pub struct Async<T> {
    /// What has come of the work; empty until then.
    outcome: Arc<OnceLock<Result<T, LoadError>>>,
    /// What there was before.
    previous: Option<T>,
    /// Ends the work.
    _work: Option<DropGuard>,
}

/// How it is with an [`Async`] value (F037).
#[derive(Debug, PartialEq)]
pub enum AsyncState<'a, T> {
    /// It is being loaded; with what there was before, if anything.
    Loading(Option<&'a T>),
    /// It is there.
    Ok(&'a T),
    /// It could not be loaded; with what there was before, if anything.
    Failed(&'a LoadError, Option<&'a T>),
}

/// Why a value could not be loaded. It may be shown to the visitor: of a panic it does not say more than that there was one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The work has returned an error: how it displays itself.
    #[error("{0}")]
    Failed(String),
    /// The work has panicked; the log says why.
    #[error("something went wrong")]
    Crashed,
    /// It was [cancelled](Async::cancel).
    #[error("cancelled")]
    Cancelled,
}

impl<T> Async<T> {
    /// A value that is there.
    pub fn ok(value: T) -> Self {
        Self::with(Some(Ok(value)), None)
    }

    /// A value that could not be loaded.
    pub fn failed(error: impl fmt::Display) -> Self {
        Self::with(Some(Err(LoadError::Failed(error.to_string()))), None)
    }

    /// A value that is being loaded by somebody else: who has it replaces this.
    pub fn loading() -> Self {
        Self::with(None, None)
    }

    /// How it is.
    pub fn state(&self) -> AsyncState<'_, T> {
        match self.outcome.get() {
            None => AsyncState::Loading(self.previous.as_ref()),
            Some(Ok(value)) => AsyncState::Ok(value),
            Some(Err(error)) => AsyncState::Failed(error, self.previous.as_ref()),
        }
    }

    /// The value, or while there is none what there was before.
    pub fn value(&self) -> Option<&T> {
        match self.outcome.get() {
            Some(Ok(value)) => Some(value),
            _ => self.previous.as_ref(),
        }
    }

    /// As [`value`](Self::value), to be changed.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match Arc::get_mut(&mut self.outcome).and_then(OnceLock::get_mut) {
            Some(Ok(value)) => Some(value),
            _ => self.previous.as_mut(),
        }
    }

    /// Whether it is being loaded.
    pub fn is_loading(&self) -> bool {
        self.outcome.get().is_none()
    }

    /// Why it could not be loaded, if so.
    pub fn error(&self) -> Option<&LoadError> {
        self.outcome.get()?.as_ref().err()
    }

    /// Ends the work that loads it, which is a failure with [`LoadError::Cancelled`]. What there was before stays. Returns whether
    /// it was being loaded.
    pub fn cancel(&mut self) -> bool {
        let is_loading = self.is_loading();
        if is_loading {
            *self = Self::with(Some(Err(LoadError::Cancelled)), self.previous.take());
        }
        is_loading
    }

    /// A value that is being loaded, and where to put it.
    pub(super) fn begin(previous: Option<T>) -> (Self, Place<T>) {
        let (value, ended) = (Self::with(None, previous), CancellationToken::new());
        let place = Place { outcome: Arc::downgrade(&value.outcome), ended: ended.clone() };
        (Async { _work: Some(ended.drop_guard()), ..value }, place)
    }

    /// What there is to be shown while it is loaded anew.
    pub(in crate::live) fn take_value(&mut self) -> Option<T> {
        // Nobody else holds it: who puts it in has a weak reference.
        let outcome = Arc::into_inner(std::mem::take(&mut self.outcome)).and_then(OnceLock::into_inner);
        outcome.and_then(Result::ok).or_else(|| self.previous.take())
    }

    fn with(outcome: Option<Result<T, LoadError>>, previous: Option<T>) -> Self {
        let outcome = Arc::new(outcome.map_or_else(OnceLock::new, OnceLock::from));
        Async { outcome, previous, _work: None }
    }
}

/// Where what is loaded belongs.
pub(super) struct Place<T> {
    outcome: Weak<OnceLock<Result<T, LoadError>>>,
    /// That nobody wants it any more.
    pub(super) ended: CancellationToken,
}

impl<T> Place<T> {
    /// Puts it there; whether somebody still wants it.
    pub(super) fn put(self, loaded: Result<T, LoadError>) -> bool {
        self.outcome.upgrade().is_some_and(|outcome| outcome.set(loaded).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f083_a_value_goes_from_loading_to_there_or_failed() {
        let (value, place) = Async::begin(None);
        assert_eq!((value.state(), value.is_loading()), (AsyncState::Loading(None), true));
        assert!(place.put(Ok(1)));
        assert_eq!((value.state(), value.is_loading()), (AsyncState::Ok(&1), false));
        let (value, place) = Async::<u8>::begin(None);
        let error = LoadError::Failed("no".to_owned());
        assert!(place.put(Err(error.clone())));
        assert_eq!((value.state(), value.value()), (AsyncState::Failed(&error, None), None));
        assert_eq!(value.error(), Some(&error));
    }

    #[test]
    fn f081_what_there_was_before_stays_until_there_is_something_else() {
        let mut value = Async::ok(1);
        for error in [LoadError::Crashed, LoadError::Failed("no".to_owned())] {
            let (next, place) = Async::begin(value.take_value());
            value = next;
            assert_eq!(value.state(), AsyncState::Loading(Some(&1)));
            place.put(Err(error.clone()));
            assert_eq!((value.state(), value.value()), (AsyncState::Failed(&error, Some(&1)), Some(&1)));
        }
        let (next, place) = Async::begin(value.take_value());
        place.put(Ok(2));
        value = next;
        assert_eq!(value.state(), AsyncState::Ok(&2));
    }

    #[test]
    fn f080_what_nobody_wants_any_more_is_put_nowhere() {
        let (mut value, place) = Async::begin(Some(1));
        assert!(value.cancel() && place.ended.is_cancelled());
        assert!(!place.put(Ok(2)));
        assert_eq!(value.state(), AsyncState::Failed(&LoadError::Cancelled, Some(&1)));
        assert!(!value.cancel(), "nothing is loaded");
        let (value, place) = Async::<u8>::begin(None);
        drop(value);
        assert!(place.ended.is_cancelled() && !place.put(Ok(2)));
    }

    #[test]
    fn f081_a_value_may_be_changed_while_it_is_there_or_loaded_anew() {
        let mut value = Async::ok(1);
        *value.value_mut().unwrap() += 1;
        let (mut value, _place) = Async::begin(value.take_value());
        *value.value_mut().unwrap() += 1;
        assert_eq!(value.state(), AsyncState::Loading(Some(&3)));
        assert_eq!(Async::<u8>::failed("no").value_mut(), None);
        assert_eq!(Async::<u8>::loading().value_mut(), None);
    }
}
