//! Bytes per member and node.

use firecrest_presence::{Options, Replica};
use stats_alloc::Region;

use crate::{ALLOCATOR, exchange, join, node};

const MEMBERS: u64 = 100_000;

pub(crate) fn measure() {
    one_topic("arriving 1000 at a time", 1_000);
    one_topic("arriving one at a time", 1);
    newcomer();
    many_topics();
}

/// Members of one topic, on the node they are connected to and on another.
fn one_topic(how: &str, at_once: u64) {
    let region = Region::new(ALLOCATOR);
    let (mut nodes, mut now) = (pair(), 0);
    let mut joined = 0;
    while joined < MEMBERS {
        join(&mut nodes[0], "lobby", joined..joined + at_once);
        joined += at_once;
        now += 1_500;
        exchange(&mut nodes, now);
    }
    let (rows, log) = (held(&region), nodes[0].usage().log + nodes[1].usage().log);
    (0..4).for_each(|_| {
        now += 6_000;
        exchange(&mut nodes, now);
    });
    let both = held(&region);
    let [owner, other] = nodes;
    drop(other);
    println!("{MEMBERS} members of one topic, {how}: on both nodes {} B each", both / MEMBERS as usize);
    println!("  where they are connected {} B", held(&region) / MEMBERS as usize);
    println!("  elsewhere {} B", (both - held(&region)) / MEMBERS as usize);
    println!(
        "  before the logs were pruned {} KiB more for {log} operations",
        (rows.saturating_sub(both)) / 1024
    );
    drop(owner);
}

/// All at once, by snapshot.
fn newcomer() {
    let options = Options::default();
    let (mut owner, mut now) = (node(0, &options), 0);
    join(&mut owner, "lobby", 0..MEMBERS);
    (0..4).for_each(|_| {
        now += 6_000;
        let _ = owner.tick(now);
    });
    let region = Region::new(ALLOCATOR);
    let mut nodes = [owner, node(1, &options)];
    for _ in 0..8 {
        now += 600;
        exchange(&mut nodes, now);
    }
    assert_eq!(nodes[1].count("lobby").connections as u64, MEMBERS);
    println!("{MEMBERS} members by snapshot: {} B each", held(&region) / MEMBERS as usize);
}

/// Topics with one member each.
fn many_topics() {
    let region = Region::new(ALLOCATOR);
    let mut replica = node(0, &Options::default());
    for number in 0..MEMBERS {
        join(&mut replica, &format!("room:{number:07}"), number..number + 1);
    }
    println!(
        "{MEMBERS} topics of one member: {} B each, where they are connected",
        held(&region) / MEMBERS as usize
    );
}

fn pair() -> [Replica; 2] {
    [0, 1].map(|number| node(number, &Options::default()))
}

/// What is allocated and not given back since then.
fn held(region: &Region<'_, std::alloc::System>) -> usize {
    let change = region.change();
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}
