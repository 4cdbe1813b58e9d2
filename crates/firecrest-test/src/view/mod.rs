//! Live views without a browser (spec §9, T01–T62).
//!
//! [`TestPage`] is a page in a visitor's browser, [`TestView`] a view by itself, [`TestBrowser`] what a visitor keeps from page
//! to page.

mod acting;
mod address;
mod binding;
mod boxes;
mod browser;
mod cause;
mod checks;
mod click;
mod components;
mod dom;
mod element;
mod expecting;
mod failure;
mod files;
mod form;
mod form_handle;
mod going;
mod hear;
mod http;
mod isolated;
mod jar;
mod joining;
mod log;
mod mounted;
mod no_page;
mod page;
mod recovery;
mod redirect;
mod snapshot;
mod tab;

pub use browser::TestBrowser;
pub use checks::{Checks, Severity};
pub use element::TestElement;
pub use files::{TestFile, TestFiles};
pub use form_handle::TestForm;
pub use isolated::TestView;
pub use no_page::NoPage;
pub use page::TestPage;
pub use redirect::{Redirect, RedirectKind};
