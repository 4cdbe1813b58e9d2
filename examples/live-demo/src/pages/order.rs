//! A form with rows that come, go and move, each checked by itself, and a total that follows.

use firecrest::live::form::{Form, FormData, LiveForm, Row};
use firecrest::live::js::{self, Js, Push};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::parts::{Input, invalid};
use crate::shop::{GOODS, Line, Order as Said, euros};

pub(crate) struct Order {
    form: Form,
    /// What the form says, as far as it can be read.
    said: Said,
    /// What was said when an order was sent.
    thanks: Option<String>,
    csrf_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderEvent {
    Change { order: FormData },
    Send { order: FormData },
    Reorder { from: usize, to: usize },
    Again,
}

/// What the address says when a browser has no JavaScript.
#[derive(Deserialize)]
struct Query {
    order: FormData,
}

impl LiveView for Order {
    type Event = OrderEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut page = Order::blank(cx.csrf_token());
        if let Ok(Query { order }) = cx.parse_params() {
            match cx.params().get("check") {
                Some(_) => drop(page.submit(order)),
                None => page.resume(order),
            }
        }
        Ok(page)
    }

    async fn handle_event(&mut self, event: OrderEvent, _cx: &mut View<'_>) -> Outcome {
        let said = &mut self.said;
        let check = |order: &Said| {
            said.clone_from(order);
            order.check()
        };
        match event {
            OrderEvent::Change { order } => self.form.change(order, check),
            OrderEvent::Reorder { from, to } => self.form.move_row("lines", from, to, check),
            OrderEvent::Send { order } => self.thanks = self.submit(order),
            OrderEvent::Again => *self = Order::blank(std::mem::take(&mut self.csrf_token)),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            if let Some(thanks) = &self.thanks {
                <section class="card order" role="status">
                    <h2>{thanks}</h2>
                    <ul>
                        for line in &self.said.lines {
                            <li class="split">
                                <span>{line.quantity} " × " {&line.item}</span>
                                <span class="amount">{euros(line.amount())}</span>
                            </li>
                        }
                    </ul>
                    <button type="button" phx-click="again">"Order something else"</button>
                </section>
            } else {
                {self.form()}
            }
        }
    }
}

impl Order {
    fn blank(csrf_token: String) -> Self {
        let said = Said::blank(3);
        Order { form: Form::new("order", &said), said, thanks: None, csrf_token }
    }

    /// Shows what was said on another page.
    fn resume(&mut self, order: FormData) {
        self.said = order.read().unwrap_or_default();
        self.form = Form::from_params("order", order);
    }

    /// What to say when nothing is wrong.
    fn submit(&mut self, order: FormData) -> Option<String> {
        let sent = self.form.submit(order, |order: &Said| {
            self.said.clone_from(order);
            order.check()
        });
        sent.map(|order| order.thanks())
    }

    fn form(&self) -> Html {
        let lines = self.form.rows("lines");
        html! {
            <LiveForm form={&self.form} action="/live-demo/order/send" csrf_token={&self.csrf_token}
                class="form card order" phx-change="change" phx-submit="send">
                <Input field={self.form.field("name")} label="Your name" autocomplete="name"/>
                <ol id="lines" class="order-list" phx-hook="DragOrder" aria-label="Lines">
                    for line in &lines, key = line.id() { {self.line(line, lines.len())} }
                </ol>
                {lines.hidden()}
                for error in lines.errors() { <p class="error">{error}</p> }
                <div class="split">
                    <button class="quiet scripted" {..lines.add()}>"Add a line"</button>
                    <output class="total" aria-live="polite">"Total " <b>{euros(self.said.total())}</b></output>
                </div>
                <div class="actions">
                    <button type="submit" phx-disable-with="Sending …">"Send the order"</button>
                    <button class="quiet unscripted" type="submit" formaction="/live-demo/order/more"
                        name={lines.sort_name()} value="new">"Add a line"</button>
                </div>
                <p class="quiet-text scripted">
                    "Drag a line by its handle, or focus the handle and press ↑ ↓ Home End."
                </p>
                <p class="quiet-text unscripted">"Lines that are left empty are not ordered."</p>
            </LiveForm>
        }
    }

    fn line(&self, line: &Row<'_>, count: usize) -> Html {
        let (item, quantity, at) = (line.field("item"), line.field("quantity"), line.index());
        let place = format!("line {} of {count}", at + 1);
        html! {
            <li id={line.id()}>
                {line.hidden()}
                <button type="button" class="scripted" data-handle aria-label={format!("Move {place}")}>"⠿"</button>
                <div class="what">
                    <select id={item.id()} name={item.name()} aria-label={format!("Item, {place}")}
                        aria-invalid={invalid(&item)}>
                        <option value="">"Choose something"</option>
                        for (name, price) in GOODS {
                            <option value={name} selected={item.has(name)}>{name} ", " {euros(price)}</option>
                        }
                    </select>
                    for error in item.errors() { <p class="error">{error}</p> }
                </div>
                <div class="many">
                    <input type="number" min="1" id={quantity.id()} name={quantity.name()}
                        value={quantity.value()} placeholder="0" aria-label={format!("How many, {place}")}
                        aria-invalid={invalid(&quantity)}>
                    for error in quantity.errors() { <p class="error">{error}</p> }
                </div>
                <span class="amount">{self.said.lines.get(at).map(Line::amount).map(euros)}</span>
                <span class="buttons scripted">
                    <button type="button" class="plain" aria-label={format!("Up, {place}")}
                        phx-click={reorder(at, at.checked_sub(1))}>"↑"</button>
                    <button type="button" class="plain" aria-label={format!("Down, {place}")}
                        phx-click={reorder(at, Some(at + 1).filter(|to| *to < count))}>"↓"</button>
                    <button class="plain" aria-label={format!("Remove {place}")} {..line.remove()}>"✕"</button>
                </span>
            </li>
        }
    }
}

/// Nothing at the end of the list, where the button stays so that it keeps the focus.
fn reorder(from: usize, to: Option<usize>) -> Option<Js> {
    to.map(|to| js::push(Push::new("reorder").value("from", from).value("to", to)))
}
