//! Connecting, joining what is shown, leaving what is not (spec §2.4).

use firecrest::testing::TestRequest;
use serde_json::{Value, json};

use super::address::{HOST, full};
use super::dom::{Node, has_attr, is_sticky};
use super::failure::{Failure, Trouble};
use super::http::Loaded;
use super::no_page::because;
use super::tab::{About, State, Tab, View};
use super::{NoPage, TestBrowser, TestPage, log};
use crate::client::Client;
use crate::params::params;

/// What a join says besides what is in the page.
#[derive(Clone, Copy, Default)]
pub(super) struct Extra<'a> {
    pub(super) flash: Option<&'a str>,
    /// The address that the page has navigated from.
    pub(super) referer: Option<&'a str>,
}

impl TestPage {
    /// A page that has been loaded, with its views joined.
    pub(super) async fn land(browser: &TestBrowser, loaded: Loaded) -> Result<TestPage, Trouble> {
        let mut tab = Tab::new(browser, loaded);
        tab.catch_up()?;
        if tab.document.views().next().is_some() {
            tab.connect().await?;
            for id in tab.roots() {
                tab.views.push(View::new(&id));
                tab.join(&id, Extra::default()).await?;
            }
            tab.all_answers().await?;
            tab.no_refusal().await?;
            tab.calm().await?;
            tab.no_refusal().await?;
        }
        Ok(TestPage::new(tab))
    }
}

impl Tab {
    /// Opens the socket, as the page's script does.
    pub(super) async fn connect(&mut self) -> Result<(), NoPage> {
        let mut with = self.browser.params.clone();
        with.extend(self.csrf().map(|token| ("_csrf_token".to_owned(), token)));
        let path = self.document.meta("live-socket").unwrap_or("/live");
        let request = http::Request::builder().uri(full(&format!("{path}/websocket"))).header("host", HOST);
        let mut request = request.body(()).map_err(|_| NoPage::Address(path.to_owned()))?;
        request.headers_mut().extend(self.browser.request_headers());
        let peer = self.browser.peer;
        let request = TestRequest { params: params(&with), request, auth_token: None, peer };
        self.client = Some(Client::new(self.browser.connect(request).await?));
        Ok(())
    }

    fn csrf(&self) -> Option<Value> {
        self.document.meta("csrf-token").map(Value::from)
    }

    /// The ids of the views that are in no other.
    pub(super) fn roots(&self) -> Vec<String> {
        let roots = self.document.views().filter(|container| !has_attr(*container, "data-phx-parent-id"));
        roots.filter_map(|container| container.attr("id")).map(str::to_owned).collect()
    }

    /// The containers of all views that end with a view, however deep inside.
    pub(super) fn children_of(&self, id: &str) -> Vec<Node> {
        let others = self.document.views().filter(|view| view.attr("id") != Some(id)).map(|view| view.id());
        others.filter(|view| self.document.ends_with(*view, id)).collect()
    }

    /// The ids of all views that end with a view.
    pub(super) fn ids_inside(&self, id: &str) -> Vec<String> {
        let inside = self.children_of(id).into_iter();
        inside.filter_map(|node| self.document.get(node).attr("id").map(str::to_owned)).collect()
    }

    /// Joins a view of the list.
    pub(super) async fn join(&mut self, id: &str, extra: Extra<'_>) -> Result<(), Failure> {
        let Some(at) = self.view(id) else { return Ok(()) };
        let Some(payload) = self.join_payload(at, extra) else { return Ok(()) };
        self.send(at, "phx_join", &payload, About::Join).await
    }

    /// What a join says; nothing when the view is not shown.
    fn join_payload(&self, at: usize, extra: Extra<'_>) -> Option<Value> {
        let view = &self.views[at];
        let container = self.document.by_id(&view.id)?;
        let mut params = self.browser.params.clone();
        params.extend(self.csrf().map(|token| ("_csrf_token".to_owned(), token)));
        params.extend(self.tracked_files().map(|files| ("_track_static".to_owned(), files)));
        params.insert("_mounts".to_owned(), view.mounts.into());
        params.insert("_mount_attempts".to_owned(), 0.into());
        params.extend(extra.referer.map(|referer| ("_live_referer".to_owned(), full(referer).into())));
        let mut payload = json!({
            "params": params,
            "session": container.attr("data-phx-session"),
            "static": container.attr("data-phx-static").filter(|token| !token.is_empty()),
            "sticky": is_sticky(container),
        });
        if let Some(redirect) = &view.redirect {
            payload["redirect"] = redirect.as_str().into();
        } else if !has_attr(container, "data-phx-parent-id") && !is_sticky(container) {
            payload["url"] = self.full_address().into();
        }
        if let Some(flash) = extra.flash {
            payload["flash"] = flash.into();
        }
        Some(payload)
    }

    /// The addresses of scripts and styles that the page wants to be told the changes of (spec §1.4).
    fn tracked_files(&self) -> Option<Value> {
        let tracked = self.document.elements().filter(|element| has_attr(*element, "phx-track-static"));
        let files = tracked.filter_map(|element| element.attr("src").or(element.attr("href")));
        let files: Vec<_> = files.filter_map(|file| self.here(file)).map(|file| full(&file)).collect();
        (!files.is_empty()).then(|| files.into())
    }

    /// Leaves views that are not shown any more, joins those that are, and runs what new elements ask for. Returns
    /// whether there was anything to do.
    pub(super) async fn follow_up(&mut self) -> Result<bool, Failure> {
        if self.news.gone.is_some()
            || self.client.as_ref().is_none_or(|client| client.inbox.closed().is_some())
        {
            return Ok(false);
        }
        self.explain_refusal()?;
        let left = self.leave_hidden().await?;
        let joined = self.join_shown().await?;
        let told = self.tell_vanished().await?;
        Ok(self.run_mounted().await? || left || joined || told)
    }

    async fn leave_hidden(&mut self) -> Result<bool, Failure> {
        let hidden = self.hidden();
        for id in &hidden {
            self.leave(id).await?;
        }
        Ok(!hidden.is_empty())
    }

    /// The views that are not shown any more, or whose outer view has ended.
    fn hidden(&self) -> Vec<String> {
        let session =
            |view: &View| self.document.by_id(&view.id).and_then(|shown| shown.attr("data-phx-session"));
        let hidden = self.views.iter().filter(|view| session(view).is_none_or(str::is_empty));
        hidden.map(|view| view.id.clone()).collect()
    }

    /// Leaves a view for good.
    pub(super) async fn leave(&mut self, id: &str) -> Result<(), Failure> {
        let Some(at) = self.view(id) else { return Ok(()) };
        if matches!(self.views[at].state, State::Joined | State::Joining) {
            self.send(at, "phx_leave", &json!({}), About::Leave).await?;
        }
        self.asked.retain(|asked| asked.id != id);
        self.views.remove(at);
        Ok(())
    }

    async fn join_shown(&mut self) -> Result<bool, Failure> {
        let shown = self.shown();
        for id in &shown {
            self.views.push(View::new(id));
            self.join(id, Extra::default()).await?;
        }
        Ok(!shown.is_empty())
    }

    /// The views that are shown and were never joined.
    fn shown(&self) -> Vec<String> {
        let shown = self.document.views().filter(|shown| shown.attr("data-phx-session") != Some(""));
        let ids = shown.filter_map(|shown| shown.attr("id"));
        ids.filter(|id| self.view(id).is_none()).map(str::to_owned).collect()
    }

    /// Fails when a view inside the page was not joined: the client tries again a few times, then gives up.
    fn explain_refusal(&mut self) -> Result<(), Failure> {
        let Some((id, answer)) = self.news.refused.take() else { return Ok(()) };
        let reason = because(log::take(&format!("lv:{id}")).as_deref());
        let text = format!("the view {id:?} was not joined: {answer}{reason}");
        if self.news.may_crash {
            self.news.crash = Some(text);
            return Ok(());
        }
        Err(Failure::new(text))
    }

    /// What there is instead of the page, when its view was not joined (spec §2.6).
    pub(super) async fn no_refusal(&mut self) -> Result<(), Trouble> {
        if let Some(redirect) = self.news.gone.take() {
            return Err(NoPage::Redirect(Box::new(redirect)).into());
        }
        let Some((id, answer)) = self.news.refused.take() else { return Ok(()) };
        if let Some(token) = answer.get("token").and_then(Value::as_str) {
            self.browser.set_cookie("__phoenix_reload_status__", token);
            self.browser.request(http::Method::GET, &self.address, None).await?;
        }
        let reason = log::take(&format!("lv:{id}"));
        Err(NoPage::Join { id, answer, reason }.into())
    }

    /// Hangs up.
    pub(super) async fn disconnect(&mut self) {
        if let Some(client) = self.client.take() {
            client.close().await;
        }
    }
}
