//! Words that mean something here: reserved ones, and the names of modules.

/// Modules that are there without `import`.
const MODULES: [&str; 10] = [
    "json",
    "multiprocessing",
    "os",
    "queue",
    "random",
    "signal",
    "socket",
    "sys",
    "threading",
    "time",
];

pub(super) fn is_module(word: &str) -> bool {
    MODULES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;

    #[test]
    fn the_modules_can_be_imported() {
        let runtime = Runtime::builder().build().unwrap();
        for name in MODULES {
            let code = format!("import \"{name}\" as found;");
            assert!(runtime.engine.run(&code).is_ok(), "{name}");
        }
    }
}
