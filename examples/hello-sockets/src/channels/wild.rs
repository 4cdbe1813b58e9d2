//! A topic that carries data (H10).

use firecrest::prelude::*;

/// Lets in who knows that B is twice A: topic `wild:A:B`.
pub(crate) struct Wild;

impl<S: Socket> Channel<S> for Wild {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, S>) -> Result<Joined<Self>, Rejected> {
        let (a, b) = request.splat().split_once(':').ok_or_else(Rejected::empty)?;
        let (a, b): (i64, i64) = (a.parse()?, b.parse()?);
        if a.checked_mul(2) == Some(b) { Ok(Wild.into()) } else { Err(Rejected::empty()) }
    }
}
