use std::collections::HashMap;

use firecrest::channel::NoEvents;
use firecrest::live::{FocusWrap, Portal, RuntimeHook, Updates, js};
use firecrest::prelude::*;

#[derive(Clone, PartialEq)]
struct ItemProps {
    id: u64,
    name: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum ItemEvent {
    More,
    Less,
    Drop,
}

struct Item {
    count: u32,
}

impl LiveComponent for Item {
    type Props = ItemProps;
    type Event = ItemEvent;
    type Info = Sale;

    async fn mount(_props: &ItemProps, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Item { count: 1 })
    }

    async fn handle_event(&mut self, event: ItemEvent, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        match event {
            ItemEvent::More => self.count += 1,
            ItemEvent::Less => self.count = self.count.saturating_sub(1),
            ItemEvent::Drop => {
                let id = cx.props().id;
                cx.send_view::<Cart>(Dropped(id));
            }
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, Sale(times): Sale, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.count *= times;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <li id={format!("item-{}", cx.props().id)}>
                {&cx.props().name} " × " <b>{self.count}</b>
                <button phx-click="more" phx-target={cx.myself()}>"+"</button>
                <button phx-click="less" phx-target={cx.myself()}>"−"</button>
                <button phx-click="drop" phx-target={cx.myself()}>"✕"</button>
                {live_component::<Stock>(cx.props().id, cx.props().id)}
            </li>
        }
    }
}

struct Cart {
    items: Vec<ItemProps>,
}

struct Dropped(u64);

#[derive(Clone)]
struct Sale(u32);

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum CartEvent {
    Double,
}

impl LiveView for Cart {
    type Event = CartEvent;
    type Info = Dropped;

    async fn mount(_cx: &mut Mount<'_, Dropped>) -> Result<Self, MountError> {
        let item = |(id, name): (u64, &str)| ItemProps { id, name: name.to_owned() };
        Ok(Cart { items: [(1, "Nest box"), (2, "Seeds"), (3, "Bath")].map(item).into() })
    }

    async fn handle_event(&mut self, CartEvent::Double: CartEvent, cx: &mut View<'_, Dropped>) -> Outcome {
        cx.send_components::<Item>(Sale(2));
        Outcome::NoReply
    }

    async fn handle_info(&mut self, Dropped(id): Dropped, _cx: &mut View<'_, Dropped>) -> Outcome {
        self.items.retain(|item| item.id != id);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <button phx-click="double">"Two for one"</button>
            <Prices><p>"All prices are in feathers."</p> <Coupon/></Prices>
            <ul>
                for item in &self.items, key = item.id {
                    {live_component::<Item>(item.id, item.clone())}
                }
            </ul>
        }
    }
}

#[component]
fn Prices(children: SlotFn<'_>) -> Html {
    let close = js::hide("#prices").pop_focus();
    html! {
        <button phx-click={js::push_focus("#open").show("#prices")} id="open">"Prices"</button>
        <Portal id="prices-portal" target="body">
            <FocusWrap id="prices" role="dialog" aria-label="Prices" hidden
                phx-window-keydown={&close} phx-key="Escape" phx-click-away={&close}>
                {children}
                <button phx-click={&close}>"Close"</button>
            </FocusWrap>
        </Portal>
    }
}

static UPPER: RuntimeHook = RuntimeHook::new(
    "Upper",
    "{ mounted() { this.el.oninput = () => { this.el.value = this.el.value.toUpperCase() } } }",
);

#[component]
fn Coupon() -> Html {
    html! { {UPPER} <input id="coupon" name="coupon" phx-hook={UPPER.name()}> }
}

/// How many there are of an item.
struct Stock(u32);

impl LiveComponent for Stock {
    type Props = u64;
    type Event = NoEvents;
    type Info = ();

    async fn mount(id: &u64, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Stock(in_stock(&[*id]).await?.remove(id).unwrap_or_default()))
    }

    async fn update_many(
        updates: Updates<'_, Self>,
        _cx: &mut ComponentCx<'_, Self>,
    ) -> Result<(), MountError> {
        let ids: Vec<u64> = updates.iter().map(|update| *update.props()).collect();
        let mut stock = in_stock(&ids).await?;
        for update in updates {
            let count = stock.remove(update.props()).unwrap_or_default();
            update.mount(Stock(count));
        }
        Ok(())
    }

    fn render(&self, _cx: &Rendering<'_, Self>) -> Html {
        html! { <small>{self.0} " left"</small> }
    }
}

/// Asks the database, once for all.
async fn in_stock(ids: &[u64]) -> Result<HashMap<u64, u32>, std::io::Error> {
    Ok(ids.iter().map(|id| (*id, 7)).collect())
}
