//! Every example of the manual does what the manual says.

use std::collections::BTreeSet;
use std::fs;

use crate::examples::every_example_does_what_is_said;

macro_rules! modules {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                every_example_does_what_is_said(concat!("docs/modules/", stringify!($name), ".md"));
            }
        )*

        #[test]
        fn every_page_is_run() {
            let run: BTreeSet<String> = [$(concat!(stringify!($name), ".md").to_string()),*].into();
            let pages = fs::read_dir("docs/modules").unwrap();
            let found: BTreeSet<String> = pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(run, found);
        }
    };
}

modules! {
    argparse atexit builtins collections concurrent csv datetime exceptions faulthandler files functools getpass glob hashlib
    itertools json logging math multiprocessing operator os platform pprint queue random re shutil signal socket speed string
    subprocess sys tempfile text textwrap threading time timeit timeline traceback types values
}
