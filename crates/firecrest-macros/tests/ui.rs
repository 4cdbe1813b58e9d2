//! What the macros say of what they do not understand.

#[test]
fn f016_errors_say_what_to_write_instead() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/passes.rs");
    tests.compile_fail("tests/ui/fails/*.rs");
}
