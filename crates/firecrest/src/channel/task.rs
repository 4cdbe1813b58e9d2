//! The task of one channel: join, handle, end.

use std::any::type_name;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use firecrest_wire::{EncodeError, Payload, Ref};
use futures_util::FutureExt as _;
use tokio::task::JoinHandle;

use super::context::Core;
use super::join::{Join, Joined, Rejected, Ties};
use super::shared::{Foreign, Shared};
use super::work::Work;
use super::{Channel, Context, Outcome, Reason, Stop};
use crate::Socket;
use crate::socket::Instance;
use crate::telemetry::meter::Open;
use crate::telemetry::{self, Handled, Panic, shown_error};

/// How long a channel may go on with a callback and `terminate` after it was told to end, before it is killed (spec §3.6).
const GRACE: Duration = Duration::from_secs(5);

/// What a new channel instance starts with.
pub(crate) struct Start {
    pub(crate) shared: Arc<Shared>,
    /// The join's payload.
    pub(crate) payload: Payload,
    /// The join's ref.
    pub(crate) reference: Ref,
    /// Which route matched.
    pub(crate) route: usize,
    /// The instance on the same topic that this one replaces.
    pub(crate) predecessor: Option<Predecessor>,
}

/// An instance that was told to end because another takes its place.
pub(crate) struct Predecessor {
    pub(crate) shared: Arc<Shared>,
    pub(crate) task: JoinHandle<()>,
}

impl Predecessor {
    /// Waits for the end, which comes within [`GRACE`]. Returns the instance if its `phx_close` has still to be sent.
    async fn finish(self) -> Option<Arc<Shared>> {
        // However it has ended, it has ended.
        let _ = self.task.await;
        (!self.shared.is_told()).then_some(self.shared)
    }
}

/// A joined channel.
struct Live<C> {
    channel: C,
    core: Core,
    _open: Open,
}

/// Runs a channel from its join to its end.
pub(crate) fn run<S: Socket, C: Channel<S>>(
    instance: Arc<Instance<S>>,
    start: Start,
) -> impl Future<Output = ()> {
    let instance_end = InstanceEnd(Arc::clone(&start.shared));
    // Boxed, so that the memory of joining is given back once joined.
    let joining = Box::pin(join::<S, C>(instance, start));
    async move {
        if let Some(live) = joining.await {
            tokio::select! {
                biased;
                () = go_on::<S, C>(live) => {}
                reason = overdue(&instance_end.0) => {
                    let topic = &*instance_end.0.topic;
                    tracing::warn!(topic, channel = type_name::<C>(), ?reason, "did not end in time: killed");
                    if reason.is_crash() {
                        instance_end.0.end(Shared::send_error);
                    }
                }
            }
        }
        instance_end.0.end(|_| ());
    }
}

/// Makes sure that an instance ends for its client too, should its task panic where no callback is guarded.
struct InstanceEnd(Arc<Shared>);

impl Drop for InstanceEnd {
    fn drop(&mut self) {
        if !self.0.mailbox.has_ended() {
            self.0.end(Shared::send_error);
        }
    }
}

/// Ready when the channel was told to end, and had its time.
async fn overdue(shared: &Shared) -> Reason {
    let reason = poll_fn(|cx| shared.mailbox.poll_closing(cx)).await;
    // Boxed: hardly any channel gets here.
    Box::pin(tokio::time::sleep(GRACE)).await;
    reason
}

/// Joins and answers. None when there is no channel.
async fn join<S: Socket, C: Channel<S>>(
    instance: Arc<Instance<S>>,
    mut start: Start,
) -> Option<Box<Live<C>>> {
    // Before anything is asked: what the channel answers with may be as old as this, and no broadcast since then may be missed. A
    // topic that is joined again stays wanted.
    let _held = instance.endpoint.reach(std::iter::once(&*start.shared.topic)).await;
    let replaced = match start.predecessor.take() {
        Some(predecessor) => predecessor.finish().await,
        None => None,
    };
    start.shared.mailbox.start();
    let replaced = replaced.as_deref();
    let joined = telemetry::joining::<C, _>(&start, ask::<S, C>(&instance, &start)).await;
    let announce = |status, payload: &Payload| {
        let shared = &start.shared;
        shared.connection.reply(&shared.join_ref, &start.reference, shared.name(), status, payload)
    };
    let _others = match &joined {
        JoinAnswer::Ok(joined) => instance.endpoint.reach(joined.topics.iter().map(String::as_str)).await,
        _ => Vec::new(),
    };
    let rejected = match joined {
        JoinAnswer::Ok(joined) => {
            match enter(&instance, &start, replaced, joined, |reply| announce("ok", reply)) {
                Ok(entered) => return Some(entered),
                Err(error) => Rejected::crashed(error),
            }
        }
        JoinAnswer::Rejected(rejected) => rejected,
        // Every join is answered, as long as there is somebody to be told.
        JoinAnswer::Cancelled => Rejected::reason("join replaced"),
    };
    // There was no channel that could end.
    start.shared.set_told();
    refuse(&start.shared.topic, rejected, |payload| announce("error", payload));
    replaced.inspect(|replaced| replaced.send_close());
    None
}

/// What came of asking a channel to join.
pub(crate) enum JoinAnswer<C, I> {
    Ok(Joined<C, I>),
    Rejected(Rejected),
    /// The connection ended, or the client joined again, before there was an answer.
    Cancelled,
}

async fn ask<S: Socket, C: Channel<S>>(instance: &Instance<S>, start: &Start) -> JoinAnswer<C, C::Info> {
    let shared = &start.shared;
    let route = instance.route(start.route);
    let request = Join {
        shared,
        socket: &instance.socket,
        endpoint: &instance.endpoint,
        topic: &shared.topic,
        splat: route.pattern.matched(&shared.topic).unwrap_or_default(),
        payload: &start.payload,
        data: route.data.as_deref(),
        transport: shared.connection.transport,
    };
    let closing = poll_fn(|cx| shared.mailbox.poll_closing(cx));
    // A future may be made by ordinary code that panics, so it is made inside the guard.
    let asking = guard(async { C::join(request).await });
    tokio::select! {
        biased;
        reason = closing => match reason {
            Reason::Crashed(error) => JoinAnswer::Rejected(Rejected::crashed(error)),
            _ => JoinAnswer::Cancelled,
        },
        joined = asking => match joined {
            Ok(Ok(joined)) => JoinAnswer::Ok(joined),
            Ok(Err(rejected)) => JoinAnswer::Rejected(rejected),
            Err(panic) => JoinAnswer::Rejected(Rejected::crashed(panic)),
        },
    }
}

/// Makes a joined channel out of what `join` returned. It subscribes to the topic with the join reply as the first thing the
/// client hears, then the end of the instance that was replaced (spec §3.6).
fn enter<S: Socket, C: Channel<S>>(
    instance: &Instance<S>,
    start: &Start,
    replaced: Option<&Shared>,
    joined: Joined<C, C::Info>,
    announce: impl FnOnce(&Payload) -> Result<(), EncodeError>,
) -> Result<Box<Live<C>>, EncodeError> {
    let Joined { channel, reply, infos, topics, ties } = joined;
    let (shared, endpoint, reply) = (&start.shared, &instance.endpoint, reply?);
    let Ties { mut subscriptions, timers, own } = ties;
    for topic in topics {
        Foreign::subscribe(shared, endpoint, &topic, &mut subscriptions);
    }
    let mut announced = Ok(());
    let answer = || {
        announced = announce(&reply);
        if announced.is_ok() {
            replaced.inspect(|replaced| replaced.send_close());
        }
    };
    let own = match own {
        Some((own, _lock)) => {
            answer();
            own
        }
        None => endpoint.pubsub().subscribe_after(&shared.topic, shared.id, shared.clone(), answer),
    };
    announced?;
    let mut core = Core::new(Arc::clone(shared), endpoint.clone(), own, subscriptions);
    core.timers = timers;
    core.first = infos.into_iter().rev().map(|info| Box::new(info) as _).collect();
    // Boxed, because the task would have room for it several times.
    Ok(Box::new(Live { channel, core, _open: Open::channel() }))
}

fn refuse(topic: &str, rejected: Rejected, answer: impl Fn(&Payload) -> Result<(), EncodeError>) {
    if let Some(error) = rejected.error {
        tracing::error!(topic, error = shown_error(&error), "join crashed");
    }
    if let Err(error) = rejected.payload.and_then(|payload| answer(&payload)) {
        tracing::error!(topic, error = shown_error(&error), "the answer to a refused join cannot be sent");
        // What is sent instead always has a form.
        let _ = answer(&Payload::Json(r#"{"reason":"join crashed"}"#.into()));
    }
}

/// Handles one thing after another until the channel ends.
async fn go_on<S: Socket, C: Channel<S>>(mut live: Box<Live<C>>) {
    let Live { channel, core, .. } = &mut *live;
    let reason = loop {
        // A channel that always has something to do lets others have their turn.
        tokio::task::coop::consume_budget().await;
        let work = poll_fn(|cx| Work::<S, C>::poll(core, cx)).await;
        if let Some(reason) = handle(channel, core, work).await {
            break reason;
        }
    };
    end::<S, C>(channel, core, reason).await;
}

/// Handles one thing. Returns the reason when it was the last.
async fn handle<S: Socket, C: Channel<S>>(
    channel: &mut C,
    core: &mut Core,
    work: Work<S, C>,
) -> Option<Reason> {
    let outcome = match work {
        Work::Event(event, reference, handling) => {
            let meters = core.shared.meters;
            let mut cx = Context::new(core, reference);
            let callback = guard(async {
                let outcome = channel.handle_in(event, &mut cx).await;
                // Whatever it says then, it crashes.
                cx.core.failed.take().map_or(outcome, |error| Stop::error(error).into())
            });
            let outcome = Handled::new(meters, handling, callback).await;
            let Context { core, reference, .. } = cx;
            return conclude(core, Some(&reference), outcome);
        }
        Work::Unreadable(reference, outcome) => return conclude(core, Some(&reference), outcome),
        Work::Leave(reference) => {
            let stop = Stop { reason: Reason::Left, reply: Some(super::Reply::empty()) };
            return conclude(core, Some(&reference), Ok(Outcome::Stop(stop)));
        }
        Work::Intercepted(broadcast) => {
            let mut cx = Context::new(core, Ref::null());
            guard(async { channel.handle_out(&broadcast, &mut cx).await }).await
        }
        Work::Subscribed(broadcast) => {
            let mut cx = Context::new(core, Ref::null());
            guard(async { channel.handle_broadcast(&broadcast, &mut cx).await }).await
        }
        Work::Info(info) => {
            let mut cx = Context::new(core, Ref::null());
            guard(async { channel.handle_info(*info, &mut cx).await }).await
        }
        Work::End(reason) => return Some(reason),
    };
    conclude(core, None, outcome)
}

/// Does what a callback returned. The reason, when the channel has to end. `reference` is that of the client's message, if
/// one was handled.
fn conclude(core: &mut Core, reference: Option<&Ref>, outcome: Result<Outcome, Panic>) -> Option<Reason> {
    if let Some(error) = core.failed.take() {
        return Some(Reason::Crashed(error));
    }
    let (reply, reason) = match outcome {
        Ok(Outcome::NoReply | Outcome::Render) => return None,
        Ok(Outcome::Reply(reply)) => (Some(reply), None),
        Ok(Outcome::Stop(Stop { reply, reason })) => (reply, Some(reason)),
        Err(panic) => return Some(Reason::Crashed(panic.to_string())),
    };
    let Some(reply) = reply else { return reason };
    let Some(reference) = reference else {
        return Some(Reason::Crashed("only handle_in has a message to reply to".into()));
    };
    // A message whose ref is null is answered with a null ref (spec §3.5).
    match core.shared.reply(reference, reply) {
        Ok(()) => reason,
        Err(error) => Some(Reason::Crashed(format!("the reply cannot be sent: {error}"))),
    }
}

/// Says goodbye in the order of spec §3.8: an orderly end is announced before `terminate`, a crash after it.
async fn end<S: Socket, C: Channel<S>>(channel: &mut C, core: &mut Core, reason: Reason) {
    // No more broadcasts, and not there any more.
    core.own = None;
    core.present = None;
    core.subscriptions.clear();
    let shared = Arc::clone(&core.shared);
    match &reason {
        Reason::Normal | Reason::Left => shared.end(Shared::send_close),
        Reason::Crashed(error) => {
            let error = shown_error(error);
            tracing::error!(topic = &*shared.topic, channel = type_name::<C>(), error, "channel crashed");
            metrics::counter!("firecrest_channel_crashes_total").increment(1);
        }
        _ => {}
    }
    let mut cx = Context::new(core, Ref::null());
    if let Err(panic) = guard(async { channel.terminate(&reason, &mut cx).await }).await {
        tracing::error!(topic = &*shared.topic, error = shown_error(&panic), "terminate panicked");
    }
    if reason.is_crash() {
        shared.end(Shared::send_error);
    }
}

/// Runs a callback so that its panic ends nothing but the channel.
fn guard<T>(callback: impl Future<Output = T>) -> impl Future<Output = Result<T, Panic>> {
    AssertUnwindSafe(callback).catch_unwind().map(|result| result.map_err(Panic::new))
}
