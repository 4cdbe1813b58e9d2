//! Live views.

use benches::{Cards, Counter, List, Table, Viewers};
use firecrest_live::{Html, Members};
use gungraun::{library_benchmark, library_benchmark_group};

#[library_benchmark]
#[bench::rows_1000(Table::shown(1000))]
fn live_tree(table: Table) -> (Html, Table) {
    (table.tree(), table)
}

#[library_benchmark]
#[bench::rows_1000(Table::shown(1000))]
fn live_page(table: Table) -> (String, Table) {
    (table.page(), table)
}

#[library_benchmark]
#[bench::rows_1000(Table::shown(1000))]
fn live_join(mut table: Table) -> (Members, Table) {
    (table.whole(), table)
}

#[library_benchmark]
#[bench::nothing_in_rows_1000(Table::shown(1000))]
#[bench::a_cell_in_rows_1000(Table::with_another_cell(1000))]
#[bench::a_move_in_rows_1000(Table::with_a_moved_row(1000))]
fn live_diff(mut table: Table) -> (Members, Table) {
    (table.change(), table)
}

#[library_benchmark]
#[bench::counter(Counter::shown())]
fn live_event(mut counter: Counter) -> (Members, Counter) {
    (counter.increment(), counter)
}

#[library_benchmark]
#[bench::an_item(List::shown(1000))]
fn live_stream(mut list: List) -> (Members, List) {
    (list.append(), list)
}

#[library_benchmark]
#[bench::one_of_1000(Cards::shown(1000))]
fn live_component(mut cards: Cards) -> (Members, Cards) {
    (cards.change(), cards)
}

#[library_benchmark]
#[bench::viewers_100(Viewers::of(100))]
fn live_shared(mut viewers: Viewers) -> Viewers {
    viewers.change();
    viewers
}

library_benchmark_group!(
    name = live_views,
    benchmarks =
        [live_tree, live_page, live_join, live_diff, live_event, live_stream, live_component, live_shared]
);
