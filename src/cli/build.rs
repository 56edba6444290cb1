//! How the command is linked: at a fixed address, so that it starts without relocating itself, and with the functions that every run
//! and every start of a process executes placed first, so that they share pages.
//!
//! Every run, every spawned child and every fork pays for the pages that relocation dirties: about a sixth of the time of an empty script.
//! It also pays for each stretch of code that it touches. The price is that the program's own code is not at a random address; heap,
//! stack and libraries are.

use std::env::{var, var_os};

/// The variable that says that the linker does not read linker scripts.
const OFF: &str = "PROCSCRIPT_NO_LINKER_SCRIPT";

fn main() {
    println!("cargo:rerun-if-changed=src/cli/build.rs");
    let target = |name: &str| var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-no-pie");
    println!("cargo:rerun-if-changed=src/cli/first.ld");
    println!("cargo:rerun-if-env-changed={OFF}");
    // Linkers other than GNU's and LLVM's do not read such scripts.
    let said =
        ["CARGO_ENCODED_RUSTFLAGS", "RUSTC_LINKER"].map(|name| var(name).unwrap_or_default());
    let is = |linker| said.iter().any(|text| text.contains(linker));
    let is_other = ["gold", "mold", "wild"].into_iter().any(is) || var_os(OFF).is_some();
    if var("PROFILE").is_ok_and(|profile| profile == "release") && !is_other {
        let root = var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
        println!("cargo:rustc-link-arg-bins=-T{root}/src/cli/first.ld");
    }
}
