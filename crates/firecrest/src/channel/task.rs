//! The task of one channel: join, handle, end.

use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use firecrest_wire::{Name, Payload, Ref};
use futures_util::FutureExt as _;
use tokio::task::JoinHandle;

use super::context::{Core, Next};
use super::join::{Join, Joined, Rejected};
use super::mailbox::{Item, Taken};
use super::shared::{Foreign, Shared};
use super::{Channel, Context, Event as _, Outcome, Reason, Stop};
use crate::Socket;
use crate::socket::Instance;
use crate::telemetry::{self, Panic};

/// How long a channel that is replaced may take to end before it is killed (spec §3.6).
const REPLACE_TIMEOUT: Duration = Duration::from_secs(5);

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

/// How an instance has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    /// Whether the client was told.
    pub(crate) announced: bool,
}

/// An instance that is being replaced.
pub(crate) struct Predecessor {
    pub(crate) shared: Arc<Shared>,
    pub(crate) task: JoinHandle<Ended>,
}

impl Predecessor {
    /// Waits for the end, at most five seconds. Returns the instance if its `phx_close` has still to be sent.
    async fn finish(mut self) -> Option<Arc<Shared>> {
        let ended = tokio::time::timeout(REPLACE_TIMEOUT, &mut self.task).await;
        if ended.is_err() {
            tracing::warn!(topic = %self.shared.topic, "a replaced channel did not end in time: killed");
            self.task.abort();
        }
        let announced = matches!(ended, Ok(Ok(Ended { announced: true })));
        (!announced).then_some(self.shared)
    }
}

/// Runs a channel from its join to its end.
pub(crate) async fn run<S: Socket, C: Channel<S>>(instance: Arc<Instance<S>>, start: Start) -> Ended {
    let shared = Arc::clone(&start.shared);
    // Boxed, so that the memory of joining is given back once joined.
    let ended = match Box::pin(join::<S, C>(instance, start)).await {
        Some((channel, core)) => live(channel, core).await,
        None => Ended { announced: true },
    };
    end_mailbox(&shared, |_| ());
    ended
}

/// Joins and answers. None when there is no channel.
async fn join<S: Socket, C: Channel<S>>(instance: Arc<Instance<S>>, mut start: Start) -> Option<(C, Core)> {
    let replaced = match start.predecessor.take() {
        Some(predecessor) => predecessor.finish().await,
        None => None,
    };
    let joined = telemetry::joining::<C, _>(&start, ask::<S, C>(&instance, &start)).await;
    let announce = |status, payload: &Payload| {
        let shared = &start.shared;
        shared.connection.reply(&shared.join_ref, &start.reference, &shared.name(), status, payload)
    };
    let result = match joined {
        Answer::Ok(joined) => match joined.reply {
            Ok(ref reply) => {
                Ok((subscribe(&instance, &start, replaced.as_deref(), || announce("ok", reply)), joined))
            }
            Err(error) => Err(Rejected::crashed(error)),
        },
        Answer::Rejected(rejected) => Err(rejected),
        Answer::Cancelled(reason) => {
            replaced.inspect(|replaced| replaced.send_close());
            if reason == Reason::DuplicateJoin {
                // Every join is answered; the connection is still there to be told.
                let _ = announce("error", &Payload::Json(r#"{"reason":"join replaced"}"#.into()));
            }
            return None;
        }
    };
    let rejected = match result {
        Ok((Ok(core), joined)) => return Some((joined.channel, fill(core, joined.infos, &joined.topics))),
        Ok((Err(error), _)) => Rejected::crashed(error),
        Err(rejected) => rejected,
    };
    refuse(&start.shared.topic, rejected, |payload| announce("error", payload));
    replaced.inspect(|replaced| replaced.send_close());
    None
}

/// What came of asking a channel to join.
pub(crate) enum Answer<C, I> {
    Ok(Joined<C, I>),
    Rejected(Rejected),
    /// The connection ended, or the client joined again, before there was an answer.
    Cancelled(Reason),
}

async fn ask<S: Socket, C: Channel<S>>(instance: &Instance<S>, start: &Start) -> Answer<C, C::Info> {
    let shared = &start.shared;
    let route = instance.route(start.route);
    let request = Join {
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
        reason = closing => Answer::Cancelled(reason),
        joined = asking => match joined {
            Ok(Ok(joined)) => Answer::Ok(joined),
            Ok(Err(rejected)) => Answer::Rejected(rejected),
            Err(panic) => Answer::Rejected(Rejected::crashed(panic)),
        },
    }
}

/// Subscribes to the topic with the join reply as the first thing the client hears, then the end of the instance that was
/// replaced (spec §3.6).
fn subscribe<S: Socket, E>(
    instance: &Instance<S>,
    start: &Start,
    replaced: Option<&Shared>,
    announce: impl FnOnce() -> Result<(), E>,
) -> Result<Core, E> {
    let shared = Arc::clone(&start.shared);
    let mut announced = Ok(());
    let subscription =
        instance.endpoint.pubsub().subscribe_after(&shared.topic, shared.id, shared.clone(), || {
            announced = announce();
            if announced.is_ok() {
                replaced.inspect(|replaced| replaced.send_close());
            }
        });
    announced.map(|()| Core::new(shared, instance.endpoint.clone(), subscription))
}

/// Gives a new channel what its join asked for.
fn fill<I: Send + 'static>(mut core: Core, infos: Vec<I>, topics: &[String]) -> Core {
    core.first = infos.into_iter().rev().map(|info| Box::new(info) as _).collect();
    for topic in topics {
        let foreign = Arc::new(Foreign(Arc::clone(&core.shared)));
        let subscription = core.endpoint.pubsub().subscribe(topic, core.shared.id, foreign);
        core.subscriptions.push(subscription);
    }
    core
}

fn refuse<E: std::fmt::Display>(topic: &str, rejected: Rejected, answer: impl Fn(&Payload) -> Result<(), E>) {
    if let Some(error) = rejected.error {
        tracing::error!(topic, %error, "join crashed");
    }
    let answered = match rejected.payload {
        Ok(payload) => answer(&payload).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = answered {
        tracing::error!(topic, %error, "the answer to a refused join cannot be sent");
        // What is sent instead always has a form.
        let _ = answer(&Payload::Json(r#"{"reason":"join crashed"}"#.into()));
    }
}

/// Handles one thing after another until the channel ends.
async fn live<S: Socket, C: Channel<S>>(mut channel: C, mut core: Core) -> Ended {
    let stop = loop {
        match poll_fn(|cx| core.poll_next(cx)).await {
            Next::Taken(Taken::Closed(reason)) => break reason,
            next => {
                if let Some(reason) = step::<S, C>(&mut channel, &mut core, next).await {
                    break reason;
                }
            }
        }
    };
    end::<S, C>(&mut channel, &mut core, stop).await
}

/// Handles one thing. Returns the reason when it was the last.
async fn step<S: Socket, C: Channel<S>>(channel: &mut C, core: &mut Core, next: Next) -> Option<Reason> {
    let mut reference = None;
    let item = match next {
        Next::Info(info) => Item::Info(info),
        Next::Taken(Taken::Item(item)) => item,
        Next::Taken(Taken::Closed(reason)) => return Some(reason),
    };
    let outcome = match item {
        Item::Event { event, payload, reference: own } => {
            let own = reference.insert(own);
            handle_in::<S, C>(channel, core, &event, &payload, own).await
        }
        Item::Leave(own) => {
            reference = Some(own);
            Ok(Outcome::Stop(Stop { reason: Reason::Left, reply: Some(super::Reply::empty()) }))
        }
        Item::Intercepted(broadcast) => {
            let mut cx = Context::new(core, Ref::null());
            guard(async { channel.handle_out(&broadcast, &mut cx).await }).await
        }
        Item::Subscribed(broadcast) => {
            let mut cx = Context::new(core, Ref::null());
            guard(async { channel.handle_broadcast(&broadcast, &mut cx).await }).await
        }
        Item::Info(info) => match info.downcast::<C::Info>() {
            Ok(info) => {
                let mut cx = Context::new(core, Ref::null());
                guard(async { channel.handle_info(*info, &mut cx).await }).await
            }
            // Only typed handles and timers send infos.
            Err(_) => Ok(Outcome::NoReply),
        },
    };
    conclude(core, reference.as_ref(), outcome)
}

async fn handle_in<S: Socket, C: Channel<S>>(
    channel: &mut C,
    core: &mut Core,
    event: &Name,
    payload: &Payload,
    reference: &Ref,
) -> Result<Outcome, Panic> {
    let (Name::Text(name) | Name::Other(name)) = event;
    let decoded = C::In::decode(name, payload);
    match decoded {
        Ok(decoded) => {
            let topic = core.shared.topic.clone();
            let mut cx = Context::new(core, reference.clone());
            let handling = guard(async { channel.handle_in(decoded, &mut cx).await });
            telemetry::handling::<C, _>(&topic, name, payload, handling).await
        }
        Err(error) => Ok(Outcome::Stop(Stop::error(format!("event {name:?} is not understood: {error}")))),
    }
}

/// Does what a callback returned. The reason, when the channel has to end. `reference` is that of the client's message, if
/// one was handled.
fn conclude(core: &mut Core, reference: Option<&Ref>, outcome: Result<Outcome, Panic>) -> Option<Reason> {
    if let Some(error) = core.failed.take() {
        return Some(Reason::Crashed(error));
    }
    let (reply, reason) = match outcome {
        Ok(Outcome::NoReply) => return None,
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
async fn end<S: Socket, C: Channel<S>>(channel: &mut C, core: &mut Core, reason: Reason) -> Ended {
    // No more broadcasts.
    core.own = None;
    core.subscriptions.clear();
    let announced = match &reason {
        Reason::Normal | Reason::Left => {
            end_mailbox(&core.shared, Shared::send_close);
            true
        }
        Reason::Crashed(error) => {
            tracing::error!(topic = %core.shared.topic, channel = std::any::type_name::<C>(), %error, "channel crashed");
            metrics::counter!("firecrest_channel_crashes_total").increment(1);
            true
        }
        _ => false,
    };
    let shared = Arc::clone(&core.shared);
    let mut cx = Context::new(core, Ref::null());
    if let Err(panic) = guard(async { channel.terminate(&reason, &mut cx).await }).await {
        tracing::error!(topic = %shared.topic, error = %panic, "terminate panicked");
    }
    if reason.is_crash() {
        end_mailbox(&shared, Shared::send_error);
    }
    Ended { announced }
}

/// Takes no more messages. From `announce` on, which tells the client, its topic counts as not joined (spec §3.8).
fn end_mailbox(shared: &Shared, announce: impl FnOnce(&Shared)) {
    for item in shared.mailbox.end(|| announce(shared)) {
        shared.answer_unmatched(item);
    }
}

/// Runs a callback so that its panic ends nothing but the channel.
fn guard<T>(callback: impl Future<Output = T>) -> impl Future<Output = Result<T, Panic>> {
    AssertUnwindSafe(callback).catch_unwind().map(|result| result.map_err(Panic::new))
}
