#[firecrest_macros::test]
fn synchronous() {}

#[firecrest_macros::test]
async fn parameters(_x: u8) {}

#[firecrest_macros::test(flavor = "multi_thread")]
async fn arguments() {}

fn main() {}
