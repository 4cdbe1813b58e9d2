//! The input of an upload (spec §5.5).

use firecrest_live::{Attributes, Html, html};

use super::UploadEntry;
use super::inner::Inner;

/// The input, whose attributes tell the client what has become of its files.
pub(super) fn input(upload: &Inner, attributes: &dyn Attributes) -> Html {
    let (entries, is_too_many) = {
        let state = upload.state();
        (state.entries(&upload.reference), state.is_too_many())
    };
    let refs = |is: fn(&UploadEntry) -> bool| {
        let references = entries.iter().filter(|entry| is(entry)).map(UploadEntry::reference);
        references.collect::<Vec<_>>().join(",")
    };
    let wrong = entries.iter().filter(|entry| !entry.is_valid()).map(UploadEntry::reference);
    let wrong: Vec<_> = wrong.chain(is_too_many.then_some(&*upload.reference)).collect();
    let (reference, rules) = (&*upload.reference, &upload.rules);
    html! {
        <input id={reference} type="file" name={&*upload.name} accept={rules.accept_text()}
            multiple={rules.max_entries > 1} data-phx-hook="Phoenix.LiveFileUpload"
            data-phx-upload-ref={reference} data-phx-active-refs={refs(|_| true)} data-phx-done-refs={refs(UploadEntry::is_done)}
            data-phx-preflighted-refs={refs(UploadEntry::is_preflighted)} data-phx-error-refs={wrong.join(",")}
            data-phx-auto-upload={rules.is_auto} {..attributes}>
    }
}
