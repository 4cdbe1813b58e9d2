use super::Form;
use crate::html::Html;
use crate::slots::{Attrs, SlotFn};
use crate::{component, html};

/// The element of a form, with what it needs to be sent by HTTP as well (F030).
///
/// Without an `action` it is the element with the form's id and nothing else. With one, a browser can send it without the
/// socket: without JavaScript, or because the view sets `phx-trigger-action`. It then carries what the server asks for:
///
/// * the token of `csrf_token`, which a view gets from its context in `mount`. Only an `action` on this host gets it, because it
///   is a secret of the session;
/// * for the methods `put`, `patch` and `delete`, which browsers do not send, a field `_method` in a `post`.
///
/// A `multipart` form also sends files over HTTP. Token and method are in the query of its `action`, because who looks for them
/// does not read files.
///
/// ```
/// use firecrest_live::form::{Form, LiveForm};
/// use firecrest_live::html;
///
/// let form = Form::new("user", &());
/// let page = html! {
///     <LiveForm form={&form} action="/users/7" method="delete" csrf_token="t" phx-submit="leave">
///         <button>"Leave"</button>
///     </LiveForm>
/// };
/// assert_eq!(
///     page.to_string(),
///     "<form id=\"user\" action=\"/users/7\" method=\"post\" phx-submit=\"leave\">\
///     <input type=\"hidden\" name=\"_csrf_token\" value=\"t\"><input type=\"hidden\" name=\"_method\" value=\"delete\">\
///     <button>Leave</button></form>"
/// );
/// ```
#[component]
pub fn LiveForm(
    /// The form. An empty id is left out.
    form: &Form,
    /// Where a browser sends it.
    action: Option<&str>,
    /// How: `get`, `post`, `put`, `patch` or `delete`. It means nothing without an `action`.
    #[default("post")]
    method: &str,
    /// The session's token, for any method but `get`.
    csrf_token: Option<&str>,
    /// Whether it sends files over HTTP. Uploads of a live view go over the socket and need it only for browsers without.
    #[default(false)]
    multipart: bool,
    #[rest] rest: Attrs<'_>,
    children: SlotFn<'_>,
) -> Html {
    let is_get = method.eq_ignore_ascii_case("get");
    let is_sent = action.is_some() && !is_get;
    let token = csrf_token.filter(|_| is_sent && action.is_some_and(is_on_this_host));
    let other = Some(method).filter(|method| is_sent && !method.eq_ignore_ascii_case("post"));
    let extra = [("_csrf_token", token), ("_method", other)];
    let extra = extra.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let action =
        action.map(|action| if multipart { with_query(action, extra.clone()) } else { action.to_owned() });
    let method = action.is_some().then_some(if is_get { "get" } else { "post" });
    let enctype = (multipart && is_sent).then_some("multipart/form-data");
    let id = Some(form.id()).filter(|id| !id.is_empty());
    html! {
        <form id={id} action={action} method={method} enctype={enctype} {..rest}>
            for (name, value) in extra.filter(|_| !multipart), key = name {
                <input type="hidden" name={name} value={value}>
            }
            {children}
        </form>
    }
}

/// Whether a browser stays with this server: a path, but not what begins with the name of another host.
fn is_on_this_host(action: &str) -> bool {
    let rest = action.strip_prefix('/').unwrap_or_default();
    action.starts_with('/')
        && !rest.starts_with(['/', '\\'])
        && !action.contains(|letter: char| letter.is_ascii_control())
}

/// The address with more parameters, before its fragment.
fn with_query<'v>(action: &str, extra: impl Iterator<Item = (&'v str, &'v str)>) -> String {
    let mut extra = extra.peekable();
    if extra.peek().is_none() {
        return action.to_owned();
    }
    let (address, fragment) = action.find('#').map_or((action, ""), |at| action.split_at(at));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(extra).finish();
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(action: Option<&str>, method: &str, multipart: bool) -> String {
        let form = Form::new("f", &());
        let page = html! { <LiveForm form={&form} action={action} method={method} csrf_token="t&" multipart={multipart}/> };
        page.to_string()
    }

    #[test]
    fn f030_a_form_for_the_socket_alone_is_just_an_element() {
        let form = Form::new("", &());
        let page = html! { <LiveForm form={&form} phx-change="check" class="form">"x"</LiveForm> };
        assert_eq!(page.to_string(), r#"<form phx-change="check" class="form">x</form>"#);
        assert_eq!(shown(None, "delete", true), r#"<form id="f"></form>"#);
    }

    #[test]
    fn f030_what_is_sent_by_http_has_token_and_method() {
        let token = r#"<input type="hidden" name="_csrf_token" value="t&amp;">"#;
        let delete = r#"<input type="hidden" name="_method" value="delete">"#;
        for (method, expected) in [("post", token.to_owned()), ("delete", format!("{token}{delete}"))] {
            let open = r#"<form id="f" action="/x" method="post">"#;
            assert_eq!(shown(Some("/x"), method, false), format!("{open}{expected}</form>"));
        }
        assert_eq!(shown(Some("/x"), "get", false), r#"<form id="f" action="/x" method="get"></form>"#);
    }

    #[test]
    fn f030_a_form_with_files_has_them_in_its_address() {
        let with = |action: &str| {
            format!(
                "<form id=\"f\" action=\"{action}\" method=\"post\" enctype=\"multipart/form-data\"></form>"
            )
        };
        assert_eq!(shown(Some("/x"), "post", true), with("/x?_csrf_token=t%26"));
        let put = with("/x?a=1&amp;_csrf_token=t%26&amp;_method=put#end");
        assert_eq!(shown(Some("/x?a=1#end"), "put", true), put);
    }

    #[test]
    fn f145_another_host_does_not_get_the_token() {
        for action in
            ["https://other.example/x", "//other.example/x", "/\\other.example", "/\t/other", "x", ""]
        {
            for multipart in [false, true] {
                assert!(!shown(Some(action), "post", multipart).contains("_csrf_token"), "{action:?}");
            }
        }
    }
}
