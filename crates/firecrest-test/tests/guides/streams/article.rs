use firecrest::prelude::*;

struct Article {
    text: Stream<String>,
}

impl LiveView for Article {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut text = Stream::new(|_: &String| "text".to_owned());
        text.append(fetch().await?);
        Ok(Article { text })
    }

    fn render(&self) -> Html {
        html! { <main id="article" phx-update="stream">stream (id, text) in &self.text { <p id={id}>{text}</p> }</main> }
    }
}

async fn fetch() -> Result<String, std::io::Error> {
    Ok("A long one.".to_owned())
}
