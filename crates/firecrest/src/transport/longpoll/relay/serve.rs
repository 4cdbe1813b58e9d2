//! The session's side: what other nodes ask is done and answered.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use firecrest_pubsub::cluster::Node;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Relay;
use super::message::{Answer, Request};
use super::pieces::{MAX_PIECE, MAX_WHOLE};
use super::serving::Begun;
use crate::transport::longpoll::response;
use crate::transport::longpoll::session::{Polled, Posted, Session};

/// How often within its window it is said that a poll hangs.
const BEATS: u32 = 4;

/// What an offer needs beside its messages.
const OFFER_HEAD: usize = 64;

impl Relay {
    /// Does what a node asks.
    pub(super) fn serve(self: &Arc<Self>, from: &Node, number: u64, request: Request) {
        let id = match &request {
            Request::GiveUp => return self.give_up(from, number),
            Request::Poll(session) | Request::Push { session, .. } | Request::Take { session, .. } => {
                *session
            }
        };
        let Some(session) = self.sessions.get(id) else {
            return self.answer(from, number, &Answer::Absent);
        };
        let window = session.window();
        match request {
            Request::GiveUp => {}
            Request::Take { offer, .. } => {
                let answer = if session.take(offer) { Answer::Taken } else { Answer::Stale };
                self.answer(from, number, &answer);
            }
            Request::Poll(_) => {
                // So that a node that was killed is noticed before the window is over.
                let beat = Beat { window: window / BEATS, again: window / BEATS };
                self.begin(from, number, beat, offer(session));
            }
            Request::Push { content_type, body, .. } => {
                if self.heard.is_new(from.life(), number) {
                    let beat = Beat { window, again: window / 2 };
                    self.begin(from, number, beat, async move {
                        match session.handle(Some(&content_type), body).await {
                            Posted::Done => Answer::Done,
                            Posted::Timeout => Answer::Timeout,
                            Posted::Gone => Answer::Gone,
                        }
                    });
                }
            }
        }
    }

    fn give_up(&self, from: &Node, number: u64) {
        self.serving.give_up((from.life(), number));
        self.gathering.forget(&(from.life(), false, number));
    }

    /// Begins with work that takes time, unless it has begun already.
    fn begin(
        self: &Arc<Self>,
        from: &Node,
        number: u64,
        beat: Beat,
        work: impl Future<Output = Answer> + Send + 'static,
    ) {
        match self.serving.begin((from.life(), number)) {
            Begun::Full => self.answer(from, number, &Answer::Busy),
            Begun::Already => self.answer(from, number, &Answer::Waiting(beat.window)),
            Begun::New(given_up) => {
                let asker = Asker { relay: Arc::clone(self), node: from.clone(), number };
                self.tracker.spawn(asker.told(work, beat, given_up));
            }
        }
    }
}

/// How an asker learns that work goes on.
#[derive(Clone, Copy)]
struct Beat {
    /// How long it may last until something is said again.
    window: Duration,
    /// After which time it is said again that it goes on.
    again: Duration,
}

/// Who waits for what is being done.
struct Asker {
    relay: Arc<Relay>,
    node: Node,
    number: u64,
}

impl Asker {
    /// Says what comes of the work, and until then that it goes on.
    async fn told(self, work: impl Future<Output = Answer>, beat: Beat, given_up: CancellationToken) {
        let mut work = pin!(work);
        let answer = tokio::select! {
            biased;
            answer = &mut work => Some(answer),
            () = ready(()) => None,
        };
        if let Some(answer) = answer {
            return self.tell(&answer);
        }
        loop {
            self.tell(&Answer::Waiting(beat.window));
            tokio::select! {
                biased;
                () = given_up.cancelled() => return,
                answer = &mut work => return self.tell(&answer),
                () = sleep(beat.again) => {}
            }
        }
    }

    fn tell(&self, answer: &Answer) {
        self.relay.answer(&self.node, self.number, answer);
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.relay.serving.end((self.node.life(), self.number));
    }
}

/// Waits for messages, and offers as many as fit into a piece, or a larger one alone.
async fn offer(session: Arc<Session>) -> Answer {
    match session.offer(MAX_PIECE - OFFER_HEAD, MAX_WHOLE - OFFER_HEAD).await {
        Polled::Messages((number, frames)) => {
            response::note_left_out(&frames);
            Answer::Offer { number, frames }
        }
        Polled::Nothing => Answer::Nothing,
        Polled::Gone => Answer::Gone,
    }
}
