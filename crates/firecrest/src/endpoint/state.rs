//! What the application gives all that it runs on an endpoint.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::Endpoint;

/// Values of the application, one of each type.
#[derive(Default)]
pub(super) struct States(RwLock<HashMap<TypeId, Box<dyn Any + Send + Sync>>>);

/// A value that the endpoint was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint was given no {0}: `LiveMount::state` gives it one, or `Endpoint::set_state`")]
pub struct NoState(&'static str);

impl Endpoint {
    /// Gives everything that runs on this endpoint a value of the application, by its type: services, configuration. Views read it with
    /// [`View::state`](crate::live::View::state), channels and handlers with [`state`](Self::state). Another value of the same type
    /// takes the place of the first, for whoever asks from then on.
    pub fn set_state<T: Clone + Send + Sync + 'static>(&self, value: T) {
        let mut states = self.states().0.write().unwrap_or_else(PoisonError::into_inner);
        let old = states.insert(TypeId::of::<T>(), Box::new(value));
        // Dropping runs the application's code: not while it is locked.
        drop(states);
        drop(old);
    }

    /// A copy of the application's value of this type.
    ///
    /// # Errors
    /// When there is none.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Result<T, NoState> {
        let states = self.states().0.read().unwrap_or_else(PoisonError::into_inner);
        let state = states.get(&TypeId::of::<T>()).and_then(|state| state.downcast_ref::<T>());
        state.cloned().ok_or(NoState(type_name::<T>()))
    }
}
