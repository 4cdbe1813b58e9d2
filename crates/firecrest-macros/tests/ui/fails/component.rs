#![allow(unused_variables)]

use firecrest_live::slots::SlotFn;
use firecrest_live::{Html, component};

#[component]
async fn Asynchronous() -> Html {
    Html::empty()
}

#[component]
fn lowercase() -> Html {
    Html::empty()
}

struct View;

impl View {
    #[component]
    fn Method(&self) -> Html {
        Html::empty()
    }
}

#[component]
fn Pattern((a, b): (u8, u8)) -> Html {
    Html::empty()
}

#[component]
fn Mark(#[defualt(5)] size: u8) -> Html {
    Html::empty()
}

#[component]
fn Slot(#[slot] footer: &str) -> Html {
    Html::empty()
}

#[component]
fn Anonymous(of: impl Fn(u8) -> u8) -> Html {
    Html::empty()
}

#[component(inline)]
fn Arguments() -> Html {
    Html::empty()
}

#[component]
struct Unit;

#[component]
fn Bare(children: SlotFn) -> Html {
    Html::empty()
}

fn main() {}
