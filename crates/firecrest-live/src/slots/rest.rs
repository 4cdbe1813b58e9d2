//! Attributes that a component does not declare and passes on (F013).

use std::fmt;

use crate::attribute::{AttributeValue, Attributes, Splat};

/// The attributes that a component is given and does not declare: for a parameter with `#[rest]`.
///
/// They are the attributes of HTML that any element may have, some of those of links and form controls, and all whose
/// name is no identifier, such as `phx-click`, `aria-label` and `data-id`. The component passes them on to one of its
/// elements, or to a component: `<button {..rest}>`.
#[derive(Default)]
pub struct Attrs<'a>(Vec<Entry<'a>>);

enum Entry<'a> {
    One(&'static str, Box<dyn AttributeValue + 'a>),
    Many(&'a dyn Attributes),
}

impl Attrs<'_> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Attributes for Attrs<'_> {
    fn write(&self, out: &mut Splat<'_>) {
        for entry in &self.0 {
            match entry {
                Entry::One(name, value) => out.push(name, value),
                Entry::Many(attributes) => attributes.write(out),
            }
        }
    }
}

impl fmt::Debug for Attrs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|entry| match entry {
            Entry::One(name, _) => name,
            Entry::Many(_) => "..",
        });
        f.debug_list().entries(names).finish()
    }
}

/// What collects the attributes of a component that has a parameter with `#[rest]`.
#[diagnostic::on_unimplemented(
    message = "the component takes only the attributes that it declares",
    label = "it does not declare this one",
    note = "give the component a parameter `#[rest] rest: Attrs<'_>`, and one of its elements `{{..rest}}`"
)]
pub trait HasRestParameter<'a>: Sized {
    /// Those so far.
    fn __rest(&mut self) -> &mut Attrs<'a>;
}

macro_rules! global_attributes {
    ($($method:ident $name:literal,)*) => {
        /// How the attributes that are not declared are given.
        pub trait GlobalAttributes<'a>: HasRestParameter<'a> {
            /// Gives one whose name is no identifier.
            #[must_use]
            fn undeclared_attribute(mut self, name: &'static str, value: impl AttributeValue + 'a) -> Self {
                self.__rest().0.push(Entry::One(name, Box::new(value)));
                self
            }

            /// Gives a list of them.
            #[must_use]
            fn undeclared_attributes(mut self, attributes: &'a dyn Attributes) -> Self {
                self.__rest().0.push(Entry::Many(attributes));
                self
            }

            $(
                #[doc = concat!("Gives `", $name, "`.")]
                #[inline]
                #[must_use]
                fn $method(self, value: impl AttributeValue + 'a) -> Self {
                    self.undeclared_attribute($name, value)
                }
            )*
        }

        impl<'a, B: HasRestParameter<'a>> GlobalAttributes<'a> for B {}
    };
}

global_attributes! {
    accesskey "accesskey", autocapitalize "autocapitalize", autofocus "autofocus", class "class",
    contenteditable "contenteditable", dir "dir", draggable "draggable", enterkeyhint "enterkeyhint",
    hidden "hidden", id "id", inert "inert", inputmode "inputmode", itemid "itemid", itemprop "itemprop",
    itemref "itemref", itemscope "itemscope", itemtype "itemtype", lang "lang", nonce "nonce", part "part",
    popover "popover", role "role", slot "slot", spellcheck "spellcheck", style "style", tabindex "tabindex",
    title "title", translate "translate",
    action "action", alt "alt", autocomplete "autocomplete", checked "checked", colspan "colspan", cols "cols",
    disabled "disabled", download "download", enctype "enctype", form "form", height "height", href "href",
    list "list", max "max", maxlength "maxlength", method "method", min "min", minlength "minlength",
    multiple "multiple", name "name", open "open", pattern "pattern", placeholder "placeholder",
    readonly "readonly", rel "rel", required "required", rows "rows", rowspan "rowspan", selected "selected",
    size "size", src "src", step "step", target "target", r#type "type", value "value", width "width",
    r#for "for",
}
