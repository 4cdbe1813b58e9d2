//! Every technique tested, a file per theme: how channels are tested without a network, in virtual time (H23).

mod dupe;
mod page;
mod ping;
mod recurring;
mod slow;
mod sockets;
mod stats;
mod wild;
