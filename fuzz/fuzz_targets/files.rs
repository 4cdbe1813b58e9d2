#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| firecrest_live::fuzzing::files(data));
