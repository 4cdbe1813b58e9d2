//! The channel of a live view.

use firecrest_pubsub::Broadcast;
use futures_util::FutureExt as _;

use super::event::LiveIn;
use super::info::LiveInfo;
use super::own::OwnView;
use super::shared::Seat;
use super::{LiveHost, join};
use crate::channel::{Channel, Context, Join, Joined, Outcome, Reason, Rejected, Reply};

/// A joined live view. Boxed: one kind has no room for the other.
pub(crate) enum LiveChannel {
    /// A view that this client has for itself.
    Own(Box<OwnView>),
    /// A place in front of a shared one.
    Seat(Box<Seat>),
}

impl<S: LiveHost> Channel<S> for LiveChannel {
    type In = LiveIn;
    type Info = LiveInfo;

    async fn join(request: Join<'_, S>) -> Result<Joined<Self, LiveInfo>, Rejected> {
        join::join(request).await
    }

    async fn handle_in(&mut self, event: LiveIn, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        // Boxed: an idle view has no room for what its turns take.
        match (event, self) {
            (LiveIn::Event(payload), LiveChannel::Own(view)) => view.event(payload, cx).boxed().await,
            (LiveIn::Event(payload), LiveChannel::Seat(seat)) => seat.event(payload, cx).boxed().await,
            (LiveIn::Patch(payload), LiveChannel::Own(view)) => view.patched(payload, cx).boxed().await,
            (LiveIn::Patch(payload), LiveChannel::Seat(seat)) => seat.patched(&payload),
            (LiveIn::AllowUpload(payload), LiveChannel::Own(view)) => {
                view.allow_upload(payload, cx).boxed().await
            }
            (LiveIn::Progress(payload), LiveChannel::Own(view)) => view.progress(payload, cx).boxed().await,
            // What is shared takes no files.
            (LiveIn::AllowUpload(_) | LiveIn::Progress(_), LiveChannel::Seat(_)) => Reply::empty().into(),
            (LiveIn::WillDestroy(payload), LiveChannel::Own(view)) => view.will_destroy(&payload),
            (LiveIn::Destroyed(payload), LiveChannel::Own(view)) => view.destroyed(&payload),
            (LiveIn::WillDestroy(_), LiveChannel::Seat(_)) => Reply::empty().into(),
            (LiveIn::Destroyed(_), LiveChannel::Seat(_)) => {
                Reply::ok(serde_json::json!({ "cids": [] })).into()
            }
        }
    }

    async fn handle_info(&mut self, info: LiveInfo, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        let LiveChannel::Own(view) = self else { return Outcome::NoReply };
        match info {
            LiveInfo::Changed => view.changed(cx).boxed().await,
            LiveInfo::Look(answer) => {
                answer.send(view.look());
                Outcome::NoReply
            }
            LiveInfo::User(info) => view.info(info, cx).boxed().await,
            LiveInfo::Component(to) => view.component_info(*to, cx).boxed().await,
            LiveInfo::Work(done) => view.work_done(*done, cx).boxed().await,
            LiveInfo::Uploads => view.uploads_changed(cx).boxed().await,
            LiveInfo::Go(leave) => view.gone(leave, cx).boxed().await,
        }
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Context<'_, LiveInfo>) -> Outcome {
        match self {
            LiveChannel::Own(view) => view.broadcast(broadcast, cx).boxed().await,
            LiveChannel::Seat(_) => Outcome::NoReply,
        }
    }

    async fn terminate(&mut self, reason: &Reason, _cx: &mut Context<'_, LiveInfo>) {
        if let LiveChannel::Own(view) = self {
            view.terminate(reason).await;
        }
    }
}
