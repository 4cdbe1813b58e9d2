//! Hooks that are attached while a view lives (F077).

use std::any::{Any, TypeId};
use std::sync::Arc;

use firecrest_live::form::ClientEvent;
use firecrest_pubsub::Broadcast;

use super::View;
use super::page::Reach;
use crate::channel::Outcome;
use crate::telemetry::meter::{Limit, reached};

/// Most hooks that a view may have: 100. One more crashes it.
const MAX_HOOKS: usize = 100;

/// What a hook wants.
#[derive(Debug)]
#[must_use]
pub enum Flow {
    /// The next hook is called, and in the end the view.
    Continue,
    /// Nobody else is called. What follows is as if the view had returned this.
    Halt(Outcome),
}

/// When a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookStage {
    /// Before `handle_params`.
    Params,
    /// Before `handle_event`: of the view. What its components are told, and what the client says of files, does not pass it.
    Event,
    /// Before `handle_info`.
    Info,
    /// Before `handle_broadcast`.
    Broadcast,
    /// After the view was rendered for its client.
    AfterRender,
}

/// Something that is done before or after the callbacks of a view that knows nothing of it: a check, a record of what happens,
/// messages of a library. [`View::attach_hook`] attaches it, mostly in a [`MountHook`](super::MountHook).
///
/// It does not wait. What takes time is done by a task, or in the view's own callbacks.
///
/// ```
/// use firecrest::live::{Flow, Hook};
/// use firecrest::prelude::*;
///
/// /// Nobody says anything to the pages of a session that may only look.
/// struct ReadOnly;
///
/// impl MountHook for ReadOnly {
///     async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
///         cx.attach_hook("read only", Hook::event(|event, cx| {
///             cx.put_flash("error", format!("{:?} is not allowed here", event.name));
///             Flow::Halt(Outcome::Render)
///         }));
///         Ok(())
///     }
/// }
/// ```
#[derive(Clone)]
#[must_use = "attach it to a view"]
pub struct Hook(Does);

#[derive(Clone)]
enum Does {
    Params(Arc<OnParams>),
    Event(Arc<On<ClientEvent>>),
    Info(TypeId, Arc<OnInfo>),
    Broadcast(Arc<On<Broadcast>>),
    AfterRender(Arc<OnRender>),
}

type On<T> = dyn Fn(&T, &mut View<'_>) -> Flow + Send + Sync;
type OnParams = dyn Fn(&mut View<'_>) -> Flow + Send + Sync;
type OnInfo = dyn Fn(&dyn Any, Reach<'_>) -> Flow + Send + Sync;
type OnRender = dyn Fn(&mut View<'_>) + Send + Sync;

impl Hook {
    /// Called with each new address of the page, the first among them.
    pub fn params(hook: impl Fn(&mut View<'_>) -> Flow + Send + Sync + 'static) -> Hook {
        Hook(Does::Params(Arc::new(hook)))
    }

    /// Called with what the page says. A hook that halts can [reply](crate::channel::Reply).
    pub fn event(hook: impl Fn(&ClientEvent, &mut View<'_>) -> Flow + Send + Sync + 'static) -> Hook {
        Hook(Does::Event(Arc::new(hook)))
    }

    /// Called with infos of this type: those of the view, or of the hook's own, which [`View::typed`] sends. An info that is not the
    /// view's is ignored when no hook halts.
    pub fn info<T: Send + 'static>(
        hook: impl Fn(&T, &mut View<'_, T>) -> Flow + Send + Sync + 'static,
    ) -> Hook {
        let hook = move |info: &dyn Any, reach: Reach<'_>| match info.downcast_ref::<T>() {
            Some(info) => hook(info, &mut View::new(reach)),
            None => Flow::Continue,
        };
        Hook(Does::Info(TypeId::of::<T>(), Arc::new(hook)))
    }

    /// Called with broadcasts on topics that the view, or a hook of it, has subscribed to.
    pub fn broadcast(hook: impl Fn(&Broadcast, &mut View<'_>) -> Flow + Send + Sync + 'static) -> Hook {
        Hook(Does::Broadcast(Arc::new(hook)))
    }

    /// Called each time that the view was rendered for its client, before what has changed is sent: events that it pushes go along.
    /// It does not cause another rendering, and sending the page elsewhere from it crashes the view.
    pub fn after_render(hook: impl Fn(&mut View<'_>) + Send + Sync + 'static) -> Hook {
        Hook(Does::AfterRender(Arc::new(hook)))
    }

    fn stage(&self) -> HookStage {
        match self.0 {
            Does::Params(_) => HookStage::Params,
            Does::Event(_) => HookStage::Event,
            Does::Info(..) => HookStage::Info,
            Does::Broadcast(_) => HookStage::Broadcast,
            Does::AfterRender(_) => HookStage::AfterRender,
        }
    }
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Hook").field(&self.stage()).finish()
    }
}

impl<I: Send + 'static> View<'_, I> {
    /// Attaches a hook: from now on it is called, after those that were attached before it, until it is
    /// [detached](Self::detach_hook) or the view ends (F077). A name that the stage has already, more than 100 hooks, and any hook of a
    /// shared view crash the view.
    pub fn attach_hook(&mut self, name: impl Into<String>, hook: Hook) {
        let (page, name, stage) = (&mut *self.reach.page, name.into(), hook.stage());
        if page.kind.shared().is_some() {
            return page.fail(format_args!("the hook {name:?} cannot be attached: a shared view has none"));
        }
        let hooks = &mut page.rare.get_or_insert_default().hooks;
        if hooks.iter().any(|known| known.is(stage, &name)) {
            return page.fail(format_args!("there is a hook {name:?} of the stage {stage:?} already"));
        }
        if hooks.len() >= MAX_HOOKS {
            reached(Limit::Hooks);
            return page.fail(format_args!("more than {MAX_HOOKS} hooks are attached"));
        }
        hooks.push(Attached { name, hook });
    }

    /// Detaches a hook; whether there was one. A hook may detach itself.
    pub fn detach_hook(&mut self, stage: HookStage, name: &str) -> bool {
        let Some(rare) = &mut self.reach.page.rare else { return false };
        let before = rare.hooks.len();
        rare.hooks.retain(|known| !known.is(stage, name));
        rare.hooks.len() < before
    }

    /// The same view for infos of another type, which only a [hook](Hook::info) understands: to send them after a time, or to give away a
    /// handle for them.
    pub fn typed<T: Send + 'static>(&mut self) -> View<'_, T> {
        View::new(self.reach.again())
    }
}

/// A hook of a view.
pub(super) struct Attached {
    name: String,
    hook: Hook,
}

impl Attached {
    fn is(&self, stage: HookStage, name: &str) -> bool {
        self.hook.stage() == stage && self.name == name
    }
}

/// The hooks of a stage, as they are now: one may attach and detach others. Hardly any view has one.
fn all(reach: &Reach<'_>, stage: HookStage) -> Vec<Hook> {
    let Some(rare) = &reach.page.rare else { return Vec::new() };
    rare.hooks.iter().map(|known| &known.hook).filter(|hook| hook.stage() == stage).cloned().collect()
}

/// Calls the hooks of a stage. The outcome is that of the one that halts.
fn run(
    reach: &mut Reach<'_>,
    stage: HookStage,
    mut call: impl FnMut(Does, Reach<'_>) -> Flow,
) -> Option<Outcome> {
    reach.page.rare.as_ref()?;
    all(reach, stage).into_iter().find_map(|Hook(does)| match call(does, reach.again()) {
        Flow::Continue => None,
        Flow::Halt(outcome) => Some(outcome),
    })
}

/// Calls the hooks before `handle_params`; with an outcome the view is not called.
pub(super) fn params(reach: &mut Reach<'_>) -> Option<Outcome> {
    run(reach, HookStage::Params, |does, reach| match does {
        Does::Params(hook) => hook(&mut View::new(reach)),
        _ => Flow::Continue,
    })
}

/// Calls the hooks before `handle_event`; with an outcome the view is not called.
pub(super) fn event(event: &ClientEvent, reach: &mut Reach<'_>) -> Option<Outcome> {
    run(reach, HookStage::Event, |does, reach| match does {
        Does::Event(hook) => hook(event, &mut View::new(reach)),
        _ => Flow::Continue,
    })
}

/// Calls the hooks before `handle_info`; with an outcome the view is not called.
pub(super) fn info(info: &(dyn Any + Send), reach: &mut Reach<'_>) -> Option<Outcome> {
    run(reach, HookStage::Info, |does, reach| match does {
        Does::Info(kind, hook) if kind == info.type_id() => hook(info, reach),
        _ => Flow::Continue,
    })
}

/// Calls the hooks before `handle_broadcast`; with an outcome the view is not called.
pub(super) fn broadcast(broadcast: &Broadcast, reach: &mut Reach<'_>) -> Option<Outcome> {
    run(reach, HookStage::Broadcast, |does, reach| match does {
        Does::Broadcast(hook) => hook(broadcast, &mut View::new(reach)),
        _ => Flow::Continue,
    })
}

/// Calls the hooks after the view was rendered.
///
/// # Errors
/// When one of them wants what it cannot have.
pub(super) fn after_render(reach: &mut Reach<'_>) -> Result<(), String> {
    for Hook(does) in all(reach, HookStage::AfterRender) {
        if let Does::AfterRender(hook) = does {
            hook(&mut View::new(reach.again()));
        }
    }
    if reach.page.leave.take().is_some() {
        return Err("a hook cannot send the page elsewhere after the view was rendered".to_owned());
    }
    reach.page.failed.take().map_or(Ok(()), Err)
}
