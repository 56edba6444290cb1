//! How the command is linked: at a fixed address, so that it starts without relocating itself, and with the functions in front
//! that each run and each start of a process executes, so that they share pages.
//!
//! Every run, every spawned child and every fork pays for the pages that relocation dirties, about a sixth of the time of an empty script, and
//! for each stretch of code that it touches. The price is that the program's own code is not at a random address; heap, stack and
//! libraries are.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=src/cli/build.rs");
    let target = |name: &str| var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-no-pie");
    println!("cargo:rerun-if-changed=src/cli/first.ld");
    // Other linkers than GNU's and LLVM's do not read such scripts.
    let flags = var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_other = ["mold", "wild"].iter().any(|name| flags.contains(name));
    if var("PROFILE").is_ok_and(|profile| profile == "release") && !is_other {
        let root = var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
        println!("cargo:rustc-link-arg-bins=-T{root}/src/cli/first.ld");
    }
}
