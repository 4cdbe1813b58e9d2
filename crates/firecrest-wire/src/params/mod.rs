//! Parameters of a request: a query string, nested by brackets in the keys (spec §1.5).
//!
//! | text | value |
//! |---|---|
//! | `a=1` | `{"a": "1"}` |
//! | `a[b]=1` | `{"a": {"b": "1"}}` |
//! | `a[]=1&a[]=2` | `{"a": ["1", "2"]}` |
//! | `a=1&a=2` | `{"a": "2"}`: of duplicates, and of forms that contradict each other, the last wins |
//! | `a&&b=` | `{"a": "", "b": ""}` |
//!
//! All leaves are text. [`Params::deserialize`] nevertheless reads numbers and booleans from it.

mod deserialize;
mod parse;
mod tree;

pub use deserialize::ParamsShapeError;
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_PAIRS, ParamsError, ParamsLimits};
pub use tree::{Param, Params};
