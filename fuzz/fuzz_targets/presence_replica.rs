#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| firecrest_presence::fuzzing::replica(data));
