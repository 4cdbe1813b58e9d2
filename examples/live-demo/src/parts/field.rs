//! Fields of forms.

use firecrest::live::form::Field;
use firecrest::live::slots::Attrs;
use firecrest::prelude::*;

/// An input with its label, a hint, and what is wrong with it once it was used.
#[component]
pub(crate) fn Input(
    field: Field<'_>,
    label: &str,
    #[default("text")] kind: &str,
    autocomplete: Option<&str>,
    hint: Option<&str>,
    #[rest] rest: Attrs<'_>,
) -> Html {
    let (id, error) = (field.id(), field.errors().first());
    let about = format!("{id}-about");
    html! {
        <div class="field">
            <label for={id}>{label}</label>
            <input type={kind} id={id} name={field.name()} value={field.value()} autocomplete={autocomplete}
                aria-invalid={invalid(&field)} aria-describedby={&about} {..rest}>
            if let Some(error) = error {
                <p class="error" id={&about}>{error}</p>
            } else if let Some(hint) = hint {
                <p class="hint" id={&about}>{hint}</p>
            }
        </div>
    }
}

/// The value of `aria-invalid` for the input of a field.
pub(crate) fn invalid(field: &Field<'_>) -> Option<&'static str> {
    (!field.errors().is_empty()).then_some("true")
}
