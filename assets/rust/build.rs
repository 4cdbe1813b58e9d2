//! Says what is missing when the JavaScript has not been bundled yet.

fn main() {
    let dist = std::path::Path::new("dist/hello.js");
    println!("cargo::rerun-if-changed=dist");
    if !dist.exists() {
        println!(
            "cargo::error=assets/dist is missing: run `cargo xtask assets` first (it needs Node.js and npm)"
        );
    }
}
