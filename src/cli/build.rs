//! How the command is linked: at a fixed address, so that it starts without relocating itself.
//!
//! Every run, every spawned child and every fork pays for the pages that relocation dirties: about a sixth of
//! the time of an empty script. The price is that the program's own code is not at a random address; heap,
//! stack and libraries are.

fn main() {
    println!("cargo:rerun-if-changed=src/cli/build.rs");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
