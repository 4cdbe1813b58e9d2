//! Stateful components on the wire (spec §3.5, §4.1).

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::captured::Captured;
use crate::pages::root;
use crate::visitor::{Page, Tab, Visitor, ok};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Rename { to: String },
    Show { shown: bool },
    Both { to: String },
    Greet,
}

struct Board {
    title: String,
    shown: bool,
}

impl LiveView for Board {
    type Event = Said;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Board { title: "Board".into(), shown: true })
    }

    async fn handle_event(&mut self, said: Said, cx: &mut View<'_>) -> Outcome {
        match said {
            Said::Rename { to } => self.title = to,
            Said::Show { shown } => {
                self.shown = shown;
                cx.push_event("shown", &json!({}));
            }
            Said::Both { to } => {
                self.title.clone_from(&to);
                cx.send_component::<Card>("a", to);
            }
            Said::Greet => {
                let handle = cx.handle().unwrap();
                tokio::spawn(async move {
                    handle.send_component::<Card>("b", "from afar".into()).unwrap();
                    handle.send_components::<Card>("to all".into()).unwrap();
                    handle.send_component::<Card>("nobody", "lost".into()).unwrap();
                });
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <h1>{&self.title}</h1>
            if self.shown {
                {live_component::<Card>("a", "A")}
                {live_component::<Card>("b", "B")}
            }
        }
    }
}

struct Card(String);

impl LiveComponent for Card {
    type Props = &'static str;
    type Event = Said;
    type Info = String;

    async fn mount(props: &&'static str, cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        cx.push_event("mounted", &json!({ "card": props }));
        Ok(Card((*props).to_owned()))
    }

    async fn handle_event(&mut self, said: Said, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        match said {
            Said::Rename { to } => self.0 = to,
            Said::Greet => cx.put_flash("info", "hello"),
            Said::Both { to } => {
                cx.put_flash("info", "hello");
                self.0 = to;
            }
            Said::Show { .. } => return Outcome::NoReply,
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: String, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 = info;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! { <p phx-click="rename" phx-target={cx.myself()}>{&self.0}</p> }
    }
}

async fn board() -> (Visitor, Tab, Page, Value) {
    let layout = |context: &firecrest::live::LayoutContext<'_>, content: &Html| {
        html! { {context.flash().get("info").unwrap_or_default()} {content} }
    };
    let mut visitor = Visitor::of(|live| live.root_layout(root).layout(layout).page::<Board>("/board")).await;
    let (tab, page, joined) = visitor.open("/board").await;
    (visitor, tab, page, joined)
}

/// Says something to a component.
async fn say(tab: &mut Tab, page: &Page, cid: Value, event: &str, value: Value) -> Value {
    let payload = json!({ "type": "click", "event": event, "value": value, "cid": cid });
    let reply = tab.ask(&page.topic(), "event", payload).await;
    assert_eq!(reply["status"], "ok", "{reply}");
    reply["response"].clone()
}

#[tokio::test]
async fn f057_f130_the_page_has_no_marks_and_the_join_has_all_components() {
    let (_visitor, _tab, page, joined) = board().await;
    assert!(page.body.contains(r#"<p phx-click="rename" phx-target="1">A</p>"#), "{}", page.body);
    assert!(!page.body.contains("data-phx-component"));
    let rendered = &ok(&joined)["rendered"];
    assert_eq!(rendered["c"]["1"]["1"], "A");
    assert_eq!(rendered["c"]["2"]["0"], " phx-target=\"2\"");
    // One of them has its statics from the other.
    assert_eq!([&rendered["c"]["1"]["s"], &rendered["c"]["2"]["r"]], [2, 1], "{rendered}");
    assert_eq!(
        rendered["e"],
        json!([["mounted", { "card": "A" }], ["mounted", { "card": "B" }]]),
        "mounted once, and what they said then was kept"
    );
}

#[tokio::test]
async fn f131_an_event_of_a_component_is_answered_with_that_component_alone() {
    let (_visitor, mut tab, page, _) = board().await;
    let response = say(&mut tab, &page, json!(2), "rename", json!({ "to": "Bee" })).await;
    assert_eq!(response, json!({"diff": {"c": {"2": {"1": "Bee"}}}}));
    let response = say(&mut tab, &page, json!(2), "rename", json!({ "to": "Bee" })).await;
    assert_eq!(response, json!({}));
    let response = tab.click(&page.topic(), "rename", json!({ "to": "Other" })).await;
    let text = response.to_string();
    assert!(text.contains("Other") && !text.contains("\"c\""), "{text}");
}

#[tokio::test]
async fn f063_what_a_component_puts_into_the_flash_is_shown_by_the_view() {
    let (_visitor, mut tab, page, _) = board().await;
    let response = say(&mut tab, &page, json!(1), "greet", json!({})).await;
    assert_eq!(response, json!({"diff": {"0": "hello"}}));
}

#[tokio::test]
async fn f131_a_component_and_its_view_change_in_one_message_that_names_the_way() {
    let (_visitor, mut tab, page, _) = board().await;
    let response = say(&mut tab, &page, json!(2), "both", json!({ "to": "Bee" })).await;
    assert_eq!(
        response,
        json!({"diff": {"0": "hello", "1": {"1": {"1": 2}}, "c": {"2": {"1": "Bee"}}}}),
        "what is around the component is touched"
    );
    tab.expect_silence().await;
}

#[tokio::test]
async fn f084_what_is_said_to_a_component_arrives_after_the_turn() {
    let (_visitor, mut tab, page, _) = board().await;
    let response = tab.click(&page.topic(), "both", json!({ "to": "X" })).await;
    assert!(!response.to_string().contains("\"c\""), "{response}");
    assert_eq!(tab.push(&page.topic(), "diff").await, json!({"c": {"1": {"1": "X"}}}));
}

#[tokio::test]
async fn f084_f085_other_tasks_tell_components_by_the_handle_of_their_view() {
    let (_visitor, mut tab, page, _) = board().await;
    assert_eq!(tab.click(&page.topic(), "greet", json!({})).await, json!({}));
    let topic = page.topic();
    assert_eq!(tab.push(&topic, "diff").await, json!({"c": {"2": {"1": "from afar"}}}));
    assert_eq!(tab.push(&topic, "diff").await, json!({"c": {"1": {"1": "to all"}, "2": {"1": "to all"}}}));
    tab.expect_silence().await;
}

#[tokio::test]
async fn f132_deletion_takes_two_steps_and_who_comes_back_between_them_stays() {
    let (_visitor, mut tab, page, _) = board().await;
    let topic = page.topic();
    say(&mut tab, &page, json!(1), "rename", json!({ "to": "kept" })).await;
    let gone = json!({ "cids": [2, 1] });
    tab.click(&topic, "show", json!({ "shown": false })).await;
    let reply = tab.ask(&topic, "cids_will_destroy", gone.clone()).await;
    assert_eq!(reply, json!({"status": "ok", "response": {}}));
    let back = tab.click(&topic, "show", json!({ "shown": true })).await;
    assert_eq!(back["diff"]["c"]["1"]["1"], "kept");
    assert_eq!(back["diff"]["c"].as_object().unwrap().len(), 2, "both are sent whole: {back}");
    let reply = tab.ask(&topic, "cids_destroyed", gone.clone()).await;
    assert_eq!(reply, json!({"status": "ok", "response": {"cids": []}}), "E109, E165: too late");
    // And now for good.
    tab.click(&topic, "show", json!({ "shown": false })).await;
    tab.ask(&topic, "cids_will_destroy", gone.clone()).await;
    let reply = tab.ask(&topic, "cids_destroyed", gone).await;
    assert_eq!(reply["response"], json!({"cids": [1, 2]}));
    let again = tab.ask(&topic, "cids_destroyed", json!({ "cids": [1, 2, 2, 1, 1] })).await;
    assert_eq!(again["response"], json!({"cids": [1, 2]}), "said again, it changes nothing");
    let back = tab.click(&topic, "show", json!({ "shown": true })).await;
    let cids: Vec<_> = back["diff"]["c"].as_object().unwrap().keys().collect();
    assert_eq!(cids, ["3", "4"], "numbers are not used again: {back}");
    assert_eq!(back["diff"]["c"]["3"]["1"], "A", "a new one");
    let events = json!([["mounted", { "card": "A" }], ["mounted", { "card": "B" }], ["shown", {}]]);
    assert_eq!(back["diff"]["e"], events, "what components say comes first");
}

#[tokio::test]
async fn f131_f132_what_a_client_says_of_components_that_are_not_there_changes_nothing() {
    let (_visitor, mut tab, page, _) = board().await;
    let topic = page.topic();
    for cid in [json!(0), json!(99), json!(4_294_967_296_u64)] {
        assert_eq!(say(&mut tab, &page, cid, "rename", json!({ "to": "x" })).await, json!({}));
    }
    for payload in [json!({ "cids": [99, -1, 0, 1e300] }), json!({}), json!([]), json!({ "cids": "x" })] {
        let reply = tab.ask(&topic, "cids_will_destroy", payload.clone()).await;
        assert_eq!(reply["response"], json!({}), "{payload}");
        let reply = tab.ask(&topic, "cids_destroyed", payload.clone()).await;
        assert!(reply["response"]["cids"].is_array(), "{payload}: {reply}");
    }
    // Not announced before.
    let reply = tab.ask(&topic, "cids_destroyed", json!({ "cids": [1, 2] })).await;
    assert_eq!(reply["response"], json!({"cids": []}));
    let response = say(&mut tab, &page, json!(1), "rename", json!({ "to": "alive" })).await;
    assert_eq!(response, json!({"diff": {"c": {"1": {"1": "alive"}}}}));
}

/// The client has said so before it heard that they are back: both steps of it come late.
#[tokio::test]
async fn f132_what_the_page_shows_is_not_deleted_whatever_the_client_says() {
    let (_visitor, mut tab, page, _) = board().await;
    let topic = page.topic();
    say(&mut tab, &page, json!(1), "rename", json!({ "to": "kept" })).await;
    tab.click(&topic, "show", json!({ "shown": false })).await;
    tab.click(&topic, "show", json!({ "shown": true })).await;
    let all = json!({ "cids": [1, 2] });
    tab.ask(&topic, "cids_will_destroy", all.clone()).await;
    let reply = tab.ask(&topic, "cids_destroyed", all).await;
    assert_eq!(reply["response"], json!({"cids": []}));
    let response = say(&mut tab, &page, json!(1), "rename", json!({ "to": "alive" })).await;
    let whole = json!({"0": " phx-target=\"1\"", "1": "alive", "r": 1, "s": ["<p phx-click=\"rename\"", ">", "</p>"]});
    assert_eq!(response["diff"]["c"]["1"], whole, "the client may have forgotten it");
    tab.ask(&topic, "cids_will_destroy", json!({ "cids": [1] })).await;
    let response = tab.click(&topic, "rename", json!({ "to": "Other" })).await;
    assert!(response["diff"]["c"]["2"]["s"].is_array(), "also when it is only called again: {response}");
    assert_eq!(response["diff"]["c"]["1"]["s"], 2, "and with it the other one, as a copy");
    tab.ask(&topic, "cids_will_destroy", json!({ "cids": [2] })).await;
    tab.ask(&topic, "cids_destroyed", json!({ "cids": [2] })).await;
    // The other one was not called since: it ends as soon as it is not shown, since the client will not say it again.
    tab.click(&topic, "show", json!({ "shown": false })).await;
    assert_eq!(
        say(&mut tab, &page, json!(1), "rename", json!({ "to": "x" })).await,
        json!({"diff": {"c": {"1": {"1": "x"}}}})
    );
    assert_eq!(say(&mut tab, &page, json!(2), "rename", json!({ "to": "x" })).await, json!({}));
}

/// A box with another one in it, which the client may leave out when it says what is gone.
#[tokio::test]
async fn f132_what_only_a_deleted_component_calls_is_deleted_with_it() {
    struct Boxes(bool);
    impl LiveView for Boxes {
        type Event = Said;
        type Info = ();
        async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
            Ok(Boxes(true))
        }
        async fn handle_event(&mut self, _said: Said, _cx: &mut View<'_>) -> Outcome {
            self.0 = !self.0;
            Outcome::Render
        }
        fn render(&self) -> Html {
            html! { if self.0 { {live_component::<Outer>(0, ())} } }
        }
    }
    struct Outer;
    impl LiveComponent for Outer {
        type Props = ();
        type Event = Said;
        type Info = ();
        async fn mount(_props: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
            Ok(Outer)
        }
        fn render(&self, _cx: &Rendering<'_, Self>) -> Html {
            html! { <div>{live_component::<Card>("inside", "I")}</div> }
        }
    }
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Boxes>("/boxes")).await;
    let (mut tab, page, _) = visitor.open("/boxes").await;
    let topic = page.topic();
    tab.click(&topic, "greet", json!({})).await;
    tab.ask(&topic, "cids_will_destroy", json!({ "cids": [1] })).await;
    let reply = tab.ask(&topic, "cids_destroyed", json!({ "cids": [1] })).await;
    assert_eq!(reply["response"], json!({"cids": [1, 2]}));
    let back = tab.click(&topic, "greet", json!({})).await;
    // The client has forgotten 2: nothing can be had from it.
    assert!(back["diff"]["c"]["4"]["s"].is_array(), "{back}");
}

/// A shared view is the same for all, and a component of it would not be.
#[tokio::test]
async fn a_shared_view_has_no_components() {
    struct Hall;
    impl SharedView for Hall {
        type Event = firecrest::channel::NoEvents;
        type Info = ();
        async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
            Ok(Hall)
        }
        fn render(&self) -> Html {
            html! { {live_component::<Card>("a", "A")} }
        }
    }
    let logs = Captured::start();
    let mut visitor = Visitor::of(|live| live.root_layout(root).shared::<Hall>("/hall")).await;
    assert_eq!(visitor.get("/hall").await.status, 500);
    let logs = logs.take();
    assert!(logs.contains("a shared view cannot contain a stateful component"), "{logs}");
}
