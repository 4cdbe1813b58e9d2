//! The task of a shared view.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use firecrest_live::Held;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::SharedOptions;
use super::context::Ties;
use super::kind::State;
use super::restarts::Restarts;
use super::sight::Sight;
use super::stage::{Event, Phase, Stage};
use super::turn::Answer;
use crate::channel::{Reason, Reply};
use crate::live::mount::Problem;
use crate::telemetry::{Panic, shown_error};

/// How long a state may take to end (spec §3.6).
const GRACE: Duration = Duration::from_secs(5);

/// Most events that are handled before something is shown.
const MAX_EVENTS: usize = 64;

/// A state, and all that is done with it.
pub(super) struct Task {
    pub(super) stage: Arc<Stage>,
    pub(super) options: SharedOptions,
    pub(super) state: Box<dyn State>,
    pub(super) ties: Ties,
    events: mpsc::Receiver<Event>,
    /// What all viewers hold.
    pub(super) held: Held,
    /// The state as it was rendered last.
    pub(super) latest: Arc<Sight>,
    /// Whether the state has changed since.
    pub(super) is_dirty: bool,
    /// Whether viewers have not been told of it.
    pub(super) is_ahead: bool,
    /// When viewers may be sent something again.
    pub(super) next: Instant,
    /// Events that are answered once their viewers have seen what came of them.
    pub(super) answers: Vec<Answer>,
    /// When somebody looked last; nothing as long as somebody does.
    used: Option<Instant>,
    /// Lets a server that shuts down wait until the state has ended.
    busy: Option<TaskTrackerToken>,
    restarts: Restarts,
}

/// Why a view goes no further.
pub(super) enum End {
    /// Nobody looks.
    Idle,
    /// A callback has ended the state, or crashed.
    Over { reason: Reason, reply: Option<Reply> },
}

impl End {
    pub(super) fn crash(error: impl Into<String>) -> Self {
        End::Over { reason: Reason::Crashed(error.into()), reply: None }
    }
}

/// What there is to do.
enum Next {
    Event(Event),
    Info(Box<dyn std::any::Any + Send>),
    /// There is mail, viewers have come or gone, a live value has changed, or viewers may be sent something.
    Look,
    Idle,
}

/// Runs a shared view until nobody looks at it any more.
pub(super) async fn run(stage: Arc<Stage>, events: mpsc::Receiver<Event>) {
    let ending = Ending(Some(Arc::clone(&stage)));
    let mut task = match Task::start(stage, events).await {
        Ok(task) => task,
        Err(problem) => return ending.end(Phase::Failed(problem)),
    };
    loop {
        // A panic of what is not guarded by itself: a live value's stream, say.
        let went_on = AssertUnwindSafe(task.go_on()).catch_unwind().await;
        let end = went_on.map_or_else(|panic| End::crash(Panic::new(panic).to_string()), |Err(end)| end);
        match end {
            End::Idle => break,
            End::Over { reason, .. } => {
                if let Err(problem) = task.start_over(reason).await {
                    return ending.end(Phase::Failed(problem));
                }
            }
        }
    }
    // Whoever comes now finds another state; this one says goodbye.
    ending.end(Phase::Ended);
    task.terminate(&Reason::Normal).await;
}

/// Takes a view out of the node's, however its task ends.
struct Ending(Option<Arc<Stage>>);

impl Ending {
    fn end(mut self, phase: Phase) {
        self.conclude(phase);
    }

    fn conclude(&mut self, phase: Phase) {
        if let Some(stage) = self.0.take() {
            stage.endpoint.live_table().stages.remove(&stage);
            stage.end(phase);
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.conclude(Phase::Failed(Problem::Crashed("it is not running any more".to_owned())));
    }
}

impl Task {
    async fn start(stage: Arc<Stage>, events: mpsc::Receiver<Event>) -> Result<Self, Problem> {
        let options = (stage.shared.options)();
        let (state, ties) = Self::make(&stage).await?;
        let latest = Self::render(&stage, &*state).map_err(Problem::Crashed)?;
        let mut held = Held::shared(stage.endpoint.live_table().seed);
        latest.everything(&stage.endpoint, &mut held).map_err(|error| Problem::Crashed(error.to_string()))?;
        *stage.shown.write().await = Some(Arc::clone(&latest));
        stage.phase.send_replace(Phase::Running);
        let now = Instant::now();
        Ok(Task {
            stage,
            options,
            state,
            ties,
            events,
            held,
            latest,
            is_dirty: false,
            is_ahead: false,
            next: now,
            answers: Vec::new(),
            used: Some(now),
            busy: None,
            restarts: Restarts::default(),
        })
    }

    /// Does one thing after another until the view ends.
    async fn go_on(&mut self) -> Result<std::convert::Infallible, End> {
        loop {
            // A view that always has something to do lets others have their turn.
            tokio::task::coop::consume_budget().await;
            self.notice_viewers().await?;
            self.read_mail().await?;
            self.notice_changes();
            self.show().await?;
            match self.wait().await {
                Next::Event(event) => self.handle_events(event).await?,
                Next::Info(info) => self.info(info).await?,
                Next::Look => {}
                Next::Idle if self.stage.close_if_idle() => return Err(End::Idle),
                Next::Idle => {}
            }
        }
    }

    /// Handles what was said until now, up to a bound.
    async fn handle_events(&mut self, first: Event) -> Result<(), End> {
        self.event(first).await?;
        for _ in 1..MAX_EVENTS {
            let Ok(event) = self.events.try_recv() else { break };
            self.event(event).await?;
        }
        Ok(())
    }

    async fn wait(&mut self) -> Next {
        let is_due = self.has_news() && !self.is_alone();
        let idle = self.idle();
        let Task { stage, ties, events, is_dirty, next, .. } = self;
        let Ties { sources, timers, .. } = ties;
        let timer = poll_fn(|cx| match timers {
            Some(timers) => timers.poll(cx),
            None => Poll::Pending,
        });
        tokio::select! {
            biased;
            // Viewers that keep talking must not keep a timer from firing.
            info = timer => Next::Info(info),
            () = stage.news.notified() => Next::Look,
            Some(event) = events.recv() => Next::Event(event),
            Some(()) = sources.next(), if !*is_dirty => {
                *is_dirty = true;
                Next::Look
            }
            () = sleep_until(*next), if is_due => Next::Look,
            () = sleep_until(idle.unwrap_or(*next)), if idle.is_some() => Next::Idle,
        }
    }

    /// When the view ends unless somebody looks at it; nothing while somebody does, or if it never ends.
    fn idle(&mut self) -> Option<Instant> {
        if !self.is_alone() {
            self.used = None;
            self.busy.get_or_insert_with(|| self.stage.endpoint.tracker().token());
            return None;
        }
        let used = *self.used.get_or_insert_with(Instant::now);
        if self.stage.endpoint.registry().is_draining() {
            // Nobody is left to come.
            return Some(used);
        }
        self.busy = None;
        used.checked_add(self.options.linger)
    }

    pub(super) fn is_alone(&self) -> bool {
        self.stage.roster().is_empty()
    }

    /// Somebody looks, and goes.
    pub(super) fn touch(&mut self) {
        self.used = Some(Instant::now());
    }

    /// Makes a new state for whoever is there, after the last one has ended.
    async fn start_over(&mut self, reason: Reason) -> Result<(), Problem> {
        self.terminate(&reason).await;
        // What was said to the last state is not said to the next.
        self.ties = Ties::new(Arc::clone(&self.stage));
        let mut reason = reason;
        loop {
            if let Reason::Crashed(error) = &reason {
                let (key, view) = (&*self.stage.key.name, (self.stage.kind.name)());
                tracing::error!(key, view, error = shown_error(error), "shared view crashed");
                metrics::counter!("firecrest_shared_view_crashes_total").increment(1);
            }
            self.restarts.next(&reason).await?;
            self.stage.mail.clear();
            match Self::make(&self.stage).await {
                Ok((state, ties)) => {
                    // The last state's drop is the application's code.
                    discard(std::mem::replace(&mut self.state, state));
                    self.ties = ties;
                    break;
                }
                Err(Problem::Crashed(error)) => reason = Reason::Crashed(error),
                Err(problem) => return Err(problem),
            }
        }
        self.stage.roster().forget();
        (self.is_dirty, self.next) = (true, Instant::now());
        Ok(())
    }

    async fn terminate(&mut self, reason: &Reason) {
        let ending = AssertUnwindSafe(async { self.state.terminate(reason).await }).catch_unwind();
        let key = &*self.stage.key.name;
        match timeout(GRACE, ending).await {
            Ok(Ok(())) => {}
            Ok(Err(panic)) => {
                tracing::error!(key, error = shown_error(&Panic::new(panic)), "terminate panicked");
            }
            Err(_) => tracing::warn!(key, "terminate did not end in time: given up"),
        }
    }
}

fn discard(state: Box<dyn State>) {
    if let Err(panic) = std::panic::catch_unwind(AssertUnwindSafe(|| drop(state))) {
        tracing::error!(error = shown_error(&Panic::new(panic)), "a shared view's state panicked at its end");
    }
}
