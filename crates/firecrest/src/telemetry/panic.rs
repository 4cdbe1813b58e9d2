//! What a panic says.

use std::any::Any;

/// The message of a caught panic.
#[derive(Debug, thiserror::Error)]
#[error("panicked: {0}")]
pub(crate) struct Panic(String);

impl Panic {
    #[allow(clippy::needless_pass_by_value, reason = "the payload is consumed: it is the panic")]
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        Panic(
            text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into()),
        )
    }
}
