//! A topic for one user only (H13).

use firecrest::prelude::*;

use crate::AuthSocket;

pub(crate) struct User;

impl Channel<AuthSocket> for User {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, AuthSocket>) -> Result<Joined<Self>, Rejected> {
        if request.splat() == request.socket().user_id.to_string() {
            Ok(User.into())
        } else {
            Err(Rejected::reason("unauthorized"))
        }
    }
}
