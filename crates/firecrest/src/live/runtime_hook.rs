//! Hooks that come with the page (spec §1.7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firecrest_live::{Escaped, Html, Raw, Slot};
use sha2::{Digest as _, Sha256};

/// A hook of the client that stands beside its template and comes with the page, instead of being part of a bundle (F024).
///
/// It is put into the template like a value, before or beside the elements that have it:
///
/// ```
/// use firecrest::live::RuntimeHook;
/// use firecrest::prelude::*;
///
/// static UPPER: RuntimeHook = RuntimeHook::new(
///     "Upper",
///     "{ mounted() { this.el.oninput = () => { this.el.value = this.el.value.toUpperCase() } } }",
/// );
///
/// let page = html! { {UPPER} <input id="code" phx-hook={UPPER.name()}> };
/// assert!(page.to_string().contains("data-phx-runtime-hook=\"Upper\""));
/// ```
///
/// The [default policy](crate::security_headers::DEFAULT_CONTENT_SECURITY_POLICY) forbids scripts in pages, for good reason. This one
/// is constant, so that a policy can allow it and no other by its [hash](Self::policy_source):
///
/// ```
/// # use firecrest::live::RuntimeHook;
/// # static UPPER: RuntimeHook = RuntimeHook::new("Upper", "{}");
/// use axum::http::HeaderValue;
/// use firecrest::security_headers::{DEFAULT_CONTENT_SECURITY_POLICY, SecurityHeaders};
///
/// let policy = format!("{DEFAULT_CONTENT_SECURITY_POLICY}; script-src 'self' {}", UPPER.policy_source());
/// let headers = SecurityHeaders::new().content_security_policy(HeaderValue::try_from(policy)?);
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RuntimeHook {
    name: &'static str,
    definition: &'static str,
}

impl RuntimeHook {
    /// A hook of this name, for `phx-hook`: letters, digits, `.`, `_` and `-`. The definition is an expression of JavaScript, the
    /// object with the hook's callbacks.
    ///
    /// # Panics
    /// When the name is none, or the definition would not stay inside its script, because it contains `</` or `<!--`: in a
    /// constant or static, at compile time.
    pub const fn new(name: &'static str, definition: &'static str) -> RuntimeHook {
        assert!(is_name(name.as_bytes()), "the name of a hook is letters, digits, `.`, `_` and `-`");
        assert!(
            stays_inside(definition.as_bytes()),
            "`</` and `<!--` would not stay inside the script of a hook"
        );
        RuntimeHook { name, definition }
    }

    /// The name, for `phx-hook`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What a content security policy lists in `script-src` to allow this script and no other: `'sha256-…'`.
    pub fn policy_source(&self) -> String {
        format!("'sha256-{}'", STANDARD.encode(Sha256::digest(self.script())))
    }

    /// The script for a policy that has nonces instead of hashes. The nonce must be that of the page, also when the view is
    /// mounted for the socket.
    pub fn with_nonce(&self, nonce: &str) -> impl Slot + use<> {
        let mut attribute = String::from(" nonce=\"");
        Escaped::new(&mut attribute).push_str(nonce);
        attribute.push('"');
        Raw(self.element(&attribute))
    }

    fn element(&self, attributes: &str) -> String {
        format!("<script data-phx-runtime-hook=\"{}\"{attributes}>{}</script>", self.name, self.script())
    }

    /// The function that the client calls.
    fn script(&self) -> String {
        format!("window[\"phx_hook_{}\"]=function(){{return {}}}", self.name, self.definition)
    }
}

impl Slot for RuntimeHook {
    fn write(&self, html: &mut Html) {
        Raw(self.element("")).write(html);
    }
}

const fn is_name(name: &[u8]) -> bool {
    let mut at = 0;
    while at < name.len() {
        if !name[at].is_ascii_alphanumeric() && !matches!(name[at], b'.' | b'_' | b'-') {
            return false;
        }
        at += 1;
    }
    !name.is_empty()
}

const fn stays_inside(script: &[u8]) -> bool {
    let mut at = 0;
    while at + 1 < script.len() {
        if script[at] == b'<' && matches!(script[at + 1], b'/' | b'!') {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    static HOOK: RuntimeHook = RuntimeHook::new("Mine.Up", "{mounted(){}}");

    #[test]
    fn f024_the_script_is_what_the_client_looks_for() {
        let script = "<script data-phx-runtime-hook=\"Mine.Up\">\
                      window[\"phx_hook_Mine.Up\"]=function(){return {mounted(){}}}</script>";
        assert_eq!(firecrest_live::html! { {HOOK} }.to_string(), script);
        let page = firecrest_live::html! { {HOOK.with_nonce("a\"b")} }.to_string();
        assert_eq!(page, script.replacen('>', " nonce=\"a&quot;b\">", 1));
    }

    #[test]
    fn f024_the_hash_is_that_of_the_script() {
        let text = "window[\"phx_hook_Mine.Up\"]=function(){return {mounted(){}}}";
        assert_eq!(HOOK.policy_source(), format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text))));
    }

    #[test]
    #[should_panic(expected = "would not stay inside")]
    fn f024_a_definition_does_not_leave_its_script() {
        let _ = RuntimeHook::new("A", "{ a: '</script>' }");
    }

    #[test]
    #[should_panic(expected = "the name of a hook")]
    fn f024_a_name_does_not_leave_its_attribute() {
        let _ = RuntimeHook::new("A\"", "{}");
    }
}
