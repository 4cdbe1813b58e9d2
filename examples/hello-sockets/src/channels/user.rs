//! A topic for one user only (H13), and where the pipeline ends (H19).

use firecrest::prelude::*;

use crate::AuthSocket;
use crate::pipeline::{EVENT, Timed};

pub(crate) struct User;

impl Channel<AuthSocket> for User {
    type In = NoEvents;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = &[EVENT];

    async fn join(request: Join<'_, AuthSocket>) -> Result<Joined<Self>, Rejected> {
        if request.splat() == request.socket().user_id.to_string() {
            Ok(User.into())
        } else {
            Err(Rejected::reason("unauthorized"))
        }
    }

    async fn handle_out(&mut self, broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        let Ok(Timed { data, handed_over }) = broadcast.payload().parse() else { return Outcome::NoReply };
        cx.push(EVENT, &json!({ "data": data }));
        let elapsed = handed_over.elapsed();
        let cross_node = if elapsed.cross_node { "true" } else { "false" };
        metrics::histogram!("pipeline.push_delivered", "cross_node" => cross_node)
            .record(elapsed.as_millis());
        Outcome::NoReply
    }
}
