//! What a panic says.

use std::any::Any;

/// What a panic of the application's code has said. It displays itself with that: not for visitors.
#[derive(Debug, thiserror::Error)]
#[error("panicked: {0}")]
pub struct Panic(String);

impl Panic {
    #[allow(clippy::needless_pass_by_value, reason = "the payload is consumed: it is the panic")]
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        Panic(
            text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into()),
        )
    }
}
