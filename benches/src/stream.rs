//! A list that only the client keeps.

use firecrest_live::{Held, Members, Stream, html};

/// A list of numbers, as one client holds it.
#[derive(Debug)]
pub struct List {
    items: Stream<u32>,
    held: Held,
}

impl List {
    /// A list whose client has been sent so many items.
    pub fn shown(items: u32) -> Self {
        let mut list = List { items: Stream::new(|item: &u32| format!("item-{item}")), held: Held::new(7) };
        list.items.extend(1_000_000..1_000_000 + items);
        list.message();
        list
    }

    /// The message about one more.
    ///
    /// # Panics
    /// Never: there is one stream, whose items have their ids.
    pub fn append(&mut self) -> Members {
        self.items.append(2_000_000);
        self.message()
    }

    fn message(&mut self) -> Members {
        let items = &self.items;
        let tree = html! {
            <ul id="items" phx-update="stream">
                stream (id, item) in items { <li id={id}>"Item " {item}</li> }
            </ul>
        };
        self.held.diff(&tree, &mut |_| String::new()).expect("each item has its id")
    }
}
