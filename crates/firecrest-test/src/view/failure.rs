//! Why a test fails, and where in it.

use std::panic::Location;

use super::NoPage;

/// What cannot be done, or is not as expected: the test fails with this text.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

/// Why there is no page: the test fails, or is told.
#[derive(Debug)]
pub(super) enum Trouble {
    Failure(Failure),
    NoPage(NoPage),
}

/// The line of the test that a method was called in. A future is polled elsewhere, so it is noted when the future is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(&'static Location<'static>);

impl Failure {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Failure(text.into())
    }
}

/// The value, unless the test fails here.
#[track_caller]
pub(super) fn check<T>(result: Result<T, Failure>) -> T {
    match result {
        Ok(value) => value,
        Err(Failure(text)) => panic!("{text}"),
    }
}

impl Place {
    #[track_caller]
    pub(super) fn here() -> Self {
        Place(Location::caller())
    }

    /// The value, unless the test fails.
    pub(super) fn check<T>(self, result: Result<T, Failure>) -> T {
        match result {
            Ok(value) => value,
            Err(Failure(text)) => panic!("{text}\n  at {}", self.0),
        }
    }

    /// What there is instead of a page, unless the test fails.
    pub(super) fn sort<T>(self, result: Result<T, Trouble>) -> Result<T, NoPage> {
        match result {
            Ok(value) => Ok(value),
            Err(Trouble::NoPage(no_page)) => Err(no_page),
            Err(Trouble::Failure(failure)) => self.check(Err(failure)),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Failure(failure)
    }
}

impl From<NoPage> for Trouble {
    fn from(no_page: NoPage) -> Self {
        Trouble::NoPage(no_page)
    }
}
