//! What the pages share.

mod field;
mod firecrest;
mod layout;
mod modal;
mod root;

pub(crate) use field::{Input, invalid};
pub(crate) use firecrest::Firecrest;
pub(crate) use layout::layout;
pub(crate) use modal::{FADE_IN, FADE_OUT, Modal, close_modal, open_modal};
pub(crate) use root::document;
