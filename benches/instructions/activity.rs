//! What the hub is told of requests.

use benches::Requests;
use gungraun::{library_benchmark, library_benchmark_group};

#[library_benchmark]
#[bench::unheard_100(Requests::unheard(100))]
#[bench::counted_100(Requests::counted(100))]
#[bench::heard_100(Requests::heard(100))]
fn activity(mut requests: Requests) -> Requests {
    requests.answer();
    requests
}

library_benchmark_group!(name = activities, benchmarks = [activity]);
