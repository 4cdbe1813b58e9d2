//! Components that cannot be shown, or belong elsewhere.

use std::time::Duration;

use firecrest::channel::NoEvents;
use firecrest::live::{Updates, UploadOptions};
use firecrest::prelude::*;

use super::birds::{Egg, birds, browser};

/// Is inside itself.
pub(super) struct Deep;

impl LiveComponent for Deep {
    type Props = u32;
    type Event = NoEvents;
    type Info = ();

    async fn mount(_props: &u32, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Deep)
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let next = cx.props() + 1;
        html! { <div>{live_component::<Deep>(next, next)}</div> }
    }
}

/// Is two elements.
pub(super) struct Two;

impl LiveComponent for Two {
    type Props = ();
    type Event = NoEvents;
    type Info = ();

    async fn mount(_props: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Two)
    }

    fn render(&self, _cx: &Rendering<'_, Self>) -> Html {
        html! { <hr> <hr> }
    }
}

/// Does what cannot be done: its props say what. It asks for what belongs to one component where it is about many, among others.
pub(super) struct Nobody;

impl LiveComponent for Nobody {
    type Props = &'static str;
    type Event = NoEvents;
    type Info = ();

    async fn mount(_props: &&'static str, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Nobody)
    }

    async fn update_many(
        updates: Updates<'_, Self>,
        cx: &mut ComponentCx<'_, Self>,
    ) -> Result<(), MountError> {
        match *cx.props() {
            "unmounted" => return Ok(()),
            "leaves" => cx.push_navigate("/others"),
            "stranger" => cx.send_view::<Egg>(()),
            "timer" => drop(cx.send_after(Duration::from_secs(1), ())),
            name => drop(cx.allow_upload(name, UploadOptions::new())?),
        }
        updates.each(cx).await
    }

    fn render(&self, _cx: &Rendering<'_, Self>) -> Html {
        html! { <hr> }
    }
}

/// Belongs elsewhere.
pub(super) struct Away;

impl LiveComponent for Away {
    type Props = ();
    type Event = NoEvents;
    type Info = ();

    async fn mount(_props: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Err(MountError::redirect("/birds"))
    }

    fn render(&self, _cx: &Rendering<'_, Self>) -> Html {
        html! { <hr> }
    }
}

#[tokio::test(start_paused = true)]
async fn f133_f135_what_cannot_be_shown_is_a_crash_that_says_why() {
    for (how, why) in [
        ("twice", "Star with the id \"1-star\" is in the page twice"),
        ("deep", "is inside more than 32 others"),
        ("two", "must be exactly one element"),
        ("unmounted", "has not mounted the new component with the id \"unmounted\""),
        ("leaves", "cannot go elsewhere in `update`"),
        ("stranger", "has something to say to"),
        ("timer", "is for many: work, timers and uploads"),
        ("upload", "is for many: work, timers and uploads"),
    ] {
        let mut page = birds().await;
        page.element("#row-1 button", None).click().await;
        page.allow_crash();
        page.event("wrong", json!({ "how": how })).await;
        let crash = page.expect_crash().await;
        assert!(crash.contains(why), "{crash}");
    }
}

#[tokio::test(start_paused = true)]
async fn f103_a_component_can_send_the_visitor_elsewhere_when_it_is_mounted() {
    let mut page = birds().await;
    page.event("wrong", json!({ "how": "away" })).await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.address(), "/birds");
    let error = browser().open("/birds?wrong=away").await.unwrap_err();
    assert!(error.to_string().contains("/birds"), "{error}");
}
