//! Objects on a server, asked for in a build that knows none.

use procscript::{Permissions, Runtime};

use crate::support::cases::Case;

pub(crate) const CASES: &[Case] = &[Case::new(
    "without_the_feature_a_url_says_how_to_get_it",
    without_the_feature,
)];

fn without_the_feature() {
    let permissions = Permissions::all();
    let mut runtime = Runtime::builder().permissions(permissions).build().unwrap();
    let url = r#"url: "redis://127.0.0.1:1""#;
    for class in [
        "Queue",
        "JoinableQueue",
        "Lock",
        "RLock",
        "Semaphore",
        "BoundedSemaphore",
        "Event",
        "Pool",
        "ProcessPoolExecutor",
    ] {
        refuses(
            &mut runtime,
            &format!(r#"{class}(#{{ {url}, name: "x" }})"#),
        );
    }
    refuses(&mut runtime, &format!("Manager(#{{ {url} }})"));
    // This machine needs no feature.
    let here = r#"let q = Queue(#{ url: "local:" }); q.put(1); q.get()"#;
    assert_eq!(runtime.eval::<i64>(here).unwrap(), 1);
}

fn refuses(runtime: &mut Runtime, code: &str) {
    let text = runtime.eval::<()>(code).unwrap_err().to_string();
    assert!(text.contains("ImportError"), "{code}: {text}");
    assert!(text.contains("build it with `--features redis`"), "{text}");
}
