//! Views that stay when the page's own view goes (F123; spec §1.6, §5.3, §8.1).

mod among_all;
mod places;
mod radio;
mod staying;
mod wishes;
