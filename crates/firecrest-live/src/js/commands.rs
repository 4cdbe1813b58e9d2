use std::fmt::{self, Display, Formatter};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{
    Classes, Dispatch, Exec, Hide, Href, IgnoreAttributes, Push, RemoveAttribute, SetAttribute, Show, Target,
    Toggle, ToggleAttribute, Transition,
};
use crate::attribute::{AttributeValue, Presence};
use crate::escape::Escaped;

/// A list of commands for the client, run in order (spec §6).
///
/// It is displayed and serialized as the JSON that the client reads. As the value of an attribute it is that JSON, escaped;
/// an empty list is no attribute.
///
/// What `show`, `hide` and the commands for classes and attributes do to an element outlives later changes of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "commands are run when they are in a template or in an event"]
pub struct Js {
    /// Each as JSON, with commas between them.
    commands: String,
}

impl Js {
    /// A list without commands.
    pub fn new() -> Self {
        Js::default()
    }

    /// Whether there is no command.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Sends an event to the server: its name, or a [`Push`].
    pub fn push(self, push: impl Into<Push>) -> Self {
        self.command("push", &push.into())
    }

    /// Sends an event to elements of the page: its name, or a [`Dispatch`].
    pub fn dispatch(self, dispatch: impl Into<Dispatch>) -> Self {
        self.command("dispatch", &dispatch.into())
    }

    /// Shows elements that are hidden and hides the others: a selector, or a [`Toggle`].
    pub fn toggle(self, toggle: impl Into<Toggle>) -> Self {
        self.command("toggle", &toggle.into())
    }

    /// Shows elements: a selector, or a [`Show`].
    pub fn show(self, show: impl Into<Show>) -> Self {
        self.command("show", &show.into())
    }

    /// Hides elements: a selector, or a [`Hide`].
    pub fn hide(self, hide: impl Into<Hide>) -> Self {
        self.command("hide", &hide.into())
    }

    /// Adds classes: to the element itself, or by [`Classes`].
    pub fn add_class(self, classes: impl Into<Classes>) -> Self {
        self.command("add_class", &classes.into())
    }

    /// Removes classes: from the element itself, or by [`Classes`].
    pub fn remove_class(self, classes: impl Into<Classes>) -> Self {
        self.command("remove_class", &classes.into())
    }

    /// Adds classes that are not there and removes those that are: of the element itself, or by [`Classes`].
    pub fn toggle_class(self, classes: impl Into<Classes>) -> Self {
        self.command("toggle_class", &classes.into())
    }

    /// Adds classes for a while: their names, or a [`Transition`].
    pub fn transition(self, transition: impl Into<Transition>) -> Self {
        self.command("transition", &transition.into())
    }

    /// Sets an attribute: name and value, or a [`SetAttribute`].
    pub fn set_attribute(self, attribute: impl Into<SetAttribute>) -> Self {
        self.command("set_attr", &attribute.into())
    }

    /// Removes an attribute: its name, or a [`RemoveAttribute`].
    pub fn remove_attribute(self, attribute: impl Into<RemoveAttribute>) -> Self {
        self.command("remove_attr", &attribute.into())
    }

    /// Adds or removes an attribute, by name and value; or switches it between two values, by name and both of them; or as
    /// a [`ToggleAttribute`] says.
    pub fn toggle_attribute(self, attribute: impl Into<ToggleAttribute>) -> Self {
        self.command("toggle_attr", &attribute.into())
    }

    /// Makes the server's changes leave attributes alone, which the page itself changes: their names, or
    /// [`IgnoreAttributes`].
    pub fn ignore_attributes(self, attributes: impl Into<IgnoreAttributes>) -> Self {
        self.command("ignore_attrs", &attributes.into())
    }

    /// Focuses an element.
    pub fn focus(self, to: impl Into<Target>) -> Self {
        self.command("focus", &Aim { to: to.into() })
    }

    /// Focuses the first element inside another that can be focused.
    pub fn focus_first(self, to: impl Into<Target>) -> Self {
        self.command("focus_first", &Aim { to: to.into() })
    }

    /// Remembers an element for [`pop_focus`](Self::pop_focus).
    pub fn push_focus(self, to: impl Into<Target>) -> Self {
        self.command("push_focus", &Aim { to: to.into() })
    }

    /// Focuses the element that was remembered last, and forgets it.
    pub fn pop_focus(self) -> Self {
        self.command("pop_focus", &Aim { to: Target::this() })
    }

    /// Goes to another view: its path, or an [`Href`].
    pub fn navigate(self, href: impl Into<Href>) -> Self {
        self.command("navigate", &href.into())
    }

    /// Changes the address within this view: the new path, or an [`Href`].
    pub fn patch(self, href: impl Into<Href>) -> Self {
        self.command("patch", &href.into())
    }

    /// Runs the commands in an attribute: its name, or an [`Exec`].
    pub fn exec(self, exec: impl Into<Exec>) -> Self {
        self.command("exec", &exec.into())
    }

    /// Runs these commands, and then others.
    pub fn concat(mut self, others: &Js) -> Self {
        if !self.is_empty() && !others.is_empty() {
            self.commands.push(',');
        }
        self.commands.push_str(&others.commands);
        self
    }

    fn command(self, kind: &'static str, options: &impl Serialize) -> Self {
        let commands =
            serde_json::to_string(&(kind, options)).expect("text, numbers and JSON have a JSON form");
        self.concat(&Js { commands })
    }
}

impl Display for Js {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.commands)
    }
}

impl Serialize for Js {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl AttributeValue for Js {
    fn presence(&self) -> Presence {
        if self.is_empty() { Presence::Absent } else { Presence::Value }
    }

    fn write(&self, out: &mut Escaped<'_>) {
        out.display(self);
    }
}

/// The options of commands that have only a target.
#[derive(Serialize)]
struct Aim {
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::js;

    /// The commands of spec §6, by the first element of their JSON.
    const KINDS: [&str; 20] = [
        "push",
        "dispatch",
        "toggle",
        "show",
        "hide",
        "add_class",
        "remove_class",
        "toggle_class",
        "transition",
        "set_attr",
        "remove_attr",
        "toggle_attr",
        "ignore_attrs",
        "focus",
        "focus_first",
        "push_focus",
        "pop_focus",
        "navigate",
        "patch",
        "exec",
    ];

    /// The table of spec §6.
    fn table() -> Vec<(Js, &'static str)> {
        vec![
            (
                js::push(Push::new("inc").value("id", 1).component(1).loading(".row").page_loading()),
                r#"["push",{"event":"inc","value":{"id":1},"target":1,"loading":".row","page_loading":true}]"#,
            ),
            (js::push(Push::new("inc").target("#sel")), r##"["push",{"event":"inc","target":"#sel"}]"##),
            (
                js::dispatch(
                    Dispatch::new("app:copy").to("#x").detail(json!({"a": 1})).bubbles(false).blocking(),
                ),
                r##"["dispatch",{"event":"app:copy","to":"#x","detail":{"a":1},"bubbles":false,"blocking":true}]"##,
            ),
            (
                js::toggle(
                    Toggle::new("#m")
                        .display("flex")
                        .ins(("fade", "o0", "o1"))
                        .outs(("fade", "o1", "o0"))
                        .millis(300)
                        .non_blocking(),
                ),
                r##"["toggle",{"to":"#m","display":"flex","ins":[["fade"],["o0"],["o1"]],"outs":[["fade"],["o1"],["o0"]],"time":300,"blocking":false}]"##,
            ),
            (
                js::show(Show::new("#m").display("block").transition("in").millis(50)),
                r##"["show",{"to":"#m","display":"block","transition":[["in"],[],[]],"time":50}]"##,
            ),
            (
                js::hide(Hide::new("#m").transition("out").millis(50)),
                r##"["hide",{"to":"#m","transition":[["out"],[],[]],"time":50}]"##,
            ),
            (
                js::add_class(Classes::new("a b").to("#m").transition("t").millis(9).non_blocking()),
                r##"["add_class",{"names":["a","b"],"to":"#m","transition":[["t"],[],[]],"time":9,"blocking":false}]"##,
            ),
            (js::remove_class("a b"), r#"["remove_class",{"names":["a","b"]}]"#),
            (js::toggle_class("a"), r#"["toggle_class",{"names":["a"]}]"#),
            (
                js::transition(Transition::new("shake").millis(500).to("#m")),
                r##"["transition",{"transition":[["shake"],[],[]],"time":500,"to":"#m"}]"##,
            ),
            (
                js::set_attribute(SetAttribute::new("aria-expanded", "true").to("#m")),
                r##"["set_attr",{"attr":["aria-expanded","true"],"to":"#m"}]"##,
            ),
            (
                js::remove_attribute(RemoveAttribute::new("open").to("#m")),
                r##"["remove_attr",{"attr":"open","to":"#m"}]"##,
            ),
            (js::toggle_attribute(("open", "true")), r#"["toggle_attr",{"attr":["open","true"]}]"#),
            (
                js::toggle_attribute(("aria-expanded", "true", "false")),
                r#"["toggle_attr",{"attr":["aria-expanded","true","false"]}]"#,
            ),
            (
                js::ignore_attributes(IgnoreAttributes::new(["open", "data-*"]).to("#m")),
                r##"["ignore_attrs",{"attrs":["open","data-*"],"to":"#m"}]"##,
            ),
            (js::focus("#f"), r##"["focus",{"to":"#f"}]"##),
            (js::focus_first("#m"), r##"["focus_first",{"to":"#m"}]"##),
            (js::push_focus("#f"), r##"["push_focus",{"to":"#f"}]"##),
            (js::pop_focus(), r#"["pop_focus",{}]"#),
            (js::navigate("/x"), r#"["navigate",{"href":"/x","replace":false}]"#),
            (js::patch(Href::new("/x?p=2").replace()), r#"["patch",{"href":"/x?p=2","replace":true}]"#),
            (js::exec(Exec::new("phx-remove").to("#m")), r##"["exec",{"attr":"phx-remove","to":"#m"}]"##),
        ]
    }

    #[test]
    fn every_row_of_the_table_has_its_exact_json() {
        for (js, expected) in table() {
            assert_eq!(js.to_string(), format!("[{expected}]"));
        }
    }

    #[test]
    fn every_command_is_built() {
        let kind = |(js, _): (Js, _)| {
            let value: Value = serde_json::from_str(&js.to_string()).unwrap();
            value[0][0].as_str().unwrap().to_owned()
        };
        let built: BTreeSet<String> = table().into_iter().map(kind).collect();
        assert_eq!(built, KINDS.map(str::to_owned).into());
    }

    #[test]
    fn a_command_without_options_has_none() {
        for (js, expected) in [
            (js::push("inc"), r#"[["push",{"event":"inc"}]]"#),
            (js::dispatch("click"), r#"[["dispatch",{"event":"click"}]]"#),
            (js::toggle(Target::this()), r#"[["toggle",{}]]"#),
            (js::show(Target::this()), r#"[["show",{}]]"#),
            (js::hide(Target::this()), r#"[["hide",{}]]"#),
            (js::transition("shake now"), r#"[["transition",{"transition":[["shake","now"],[],[]]}]]"#),
            (js::set_attribute(("open", "")), r#"[["set_attr",{"attr":["open",""]}]]"#),
            (js::remove_attribute("open"), r#"[["remove_attr",{"attr":"open"}]]"#),
            (js::ignore_attributes("open"), r#"[["ignore_attrs",{"attrs":["open"]}]]"#),
            (js::focus(Target::this()), r#"[["focus",{}]]"#),
            (js::exec("phx-remove"), r#"[["exec",{"attr":"phx-remove"}]]"#),
        ] {
            assert_eq!(js.to_string(), expected);
        }
    }

    #[test]
    fn elements_are_found_inside_and_around() {
        assert_eq!(js::show(Target::inner(".x")).to_string(), r#"[["show",{"to":{"inner":".x"}}]]"#);
        assert_eq!(js::focus(Target::closest("li")).to_string(), r#"[["focus",{"to":{"closest":"li"}}]]"#);
    }

    #[test]
    fn a_click_that_is_dispatched_carries_nothing() {
        let click = js::dispatch(Dispatch::new("click").detail(1).to("#x"));
        assert_eq!(click.to_string(), r##"[["dispatch",{"event":"click","to":"#x"}]]"##);
    }

    #[test]
    fn lists_are_put_together_in_order() {
        let one = js::push("a").push("b");
        let (both, other) = (Js::new().concat(&one), js::pop_focus());
        assert_eq!(both, one);
        assert_eq!(
            one.concat(&other).concat(&Js::new()).to_string(),
            r#"[["push",{"event":"a"}],["push",{"event":"b"}],["pop_focus",{}]]"#
        );
        assert_eq!(Js::new().to_string(), "[]");
    }

    #[test]
    fn e002_commands_are_json_in_a_payload() {
        let payload = json!({"js": js::hide("#x")});
        assert_eq!(payload, json!({"js": [["hide", {"to": "#x"}]]}));
        let text = serde_json::to_string(&[js::push("a")]).unwrap();
        assert_eq!(text, r#"[[["push",{"event":"a"}]]]"#);
    }

    #[test]
    fn commands_in_an_attribute_are_escaped() {
        let js = js::push(Push::new("say").value("text", "<b>'&"));
        let mut html = String::new();
        js.write(&mut Escaped::new(&mut html));
        assert!(!html.contains(['<', '"', '\'']), "{html}");
        let read =
            html.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'");
        assert_eq!(read.replace("&amp;", "&"), js.to_string());
        assert_eq!((js.presence(), Js::new().presence()), (Presence::Value, Presence::Absent));
    }
}
