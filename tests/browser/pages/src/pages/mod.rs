//! One page a file.

pub(crate) mod commands;
pub(crate) mod crashes;
pub(crate) mod debounced;
pub(crate) mod elsewhere;
pub(crate) mod empty_form;
pub(crate) mod feedback;
pub(crate) mod form;
pub(crate) mod hook_id;
pub(crate) mod link;
pub(crate) mod loops;
pub(crate) mod navigation;
pub(crate) mod patch_loop;
pub(crate) mod patch_redirect;
pub(crate) mod rows;
pub(crate) mod select;
pub(crate) mod target;
pub(crate) mod two_selects;
pub(crate) mod unsaved;
