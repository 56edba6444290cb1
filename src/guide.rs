//! The guides, from the folder `docs` of the repository. Only the documentation has this module.
//!
//! | | |
//! | --- | --- |
//! | [`embedding`] | procscript in a Rust program, and which features of Rhai that program gets |
//! | [`permissions`] | what scripts may do outside themselves |
//! | [`differences`] | what differs from Python, and why |
//! | [`from_python`] | Python's forms, and how scripts write them |
//! | [`prompt`] | the interactive prompt of the command |
//!
//! [`manual`](crate::manual) has the manual for script writers.

pub mod embedding {
    //! [permissions.md]: super::permissions
    //! [`Diagnostic`]: crate::error::Diagnostic
    #![doc = include_str!("../docs/embedding.md")]
}

pub mod permissions {
    //! [modules/multiprocessing.md]: crate::manual
    #![doc = include_str!("../docs/permissions.md")]
}

pub mod differences {
    #![doc = include_str!("../docs/differences.md")]
}

pub mod from_python {
    #![doc = include_str!("../docs/from-python.md")]
}

pub mod prompt {
    #![doc = include_str!("../docs/repl.md")]
}

/// The programs in the README are compiled too.
#[cfg(doctest)]
mod readme {
    #![doc = include_str!("../README.md")]
}
