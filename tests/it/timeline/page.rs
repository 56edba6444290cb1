//! The page in a real browser: it draws what was recorded, and answers to mouse and keys.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::browser::Browser;
use super::{EVERYTHING, with_timeline};

/// A page to look at, opened by a browser; `None` where there is none.
fn opened(code: &str) -> Option<(TempDir, Browser)> {
    let directory = TempDir::with_prefix("procscript-test-").unwrap();
    let file = directory.path().join("timeline.html");
    with_timeline(code, &file).run();
    let browser = Browser::open(&file);
    if browser.is_none() {
        eprintln!(
            "SKIPPED: the page of a timeline was not tested, because there is no chromium on this machine"
        );
    }
    browser.map(|browser| (directory, browser))
}

/// Where a slice whose description begins like this is in the window: its middle.
fn middle_of(browser: &mut Browser, start: &str) -> (f64, f64) {
    let expression = format!(
        r#"(() => {{
            const t = window.timeline, box = document.getElementById("canvas").getBoundingClientRect();
            for (const lane of t.lanes) for (const slice of lane.slices) {{
                if (!t.described(slice).startsWith("{start}")) continue;
                const [top, high] = t.place(lane, slice);
                return [box.left + (t.x(slice[1]) + t.x(slice[1] + slice[2])) / 2,
                        box.top + 26 + top + high / 2 - document.getElementById("view").scrollTop];
            }}
        }})()"#
    );
    let point = browser.value(&expression);
    assert!(point.is_array(), "no slice {start}");
    (point[0].as_f64().unwrap(), point[1].as_f64().unwrap())
}

fn range(browser: &mut Browser) -> f64 {
    let range = browser.value("window.timeline.view.to - window.timeline.view.from");
    range.as_f64().unwrap()
}

#[test]
fn the_page_needs_no_network() {
    let page = super::recorded("print(1);", "fork", "timeline.html").text;
    for outside in [
        "http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttp",
    ] {
        assert!(!page.contains(outside), "the page names {outside}");
    }
}

#[test]
fn mouse_and_keys_zoom_show_and_search() {
    let Some((directory, mut browser)) = opened(EVERYTHING) else {
        return;
    };
    assert_eq!(browser.value("document.title"), "main.rhai – timeline");
    let sentences = browser.value("document.querySelectorAll('#summary li').length");
    assert!(sentences.as_u64().unwrap() >= 3);
    let queues =
        browser.value("window.timeline.counters.map((c) => window.timeline.data.texts[c.text])");
    assert!(queues.to_string().contains("\"Queue jobs\""), "{queues}");
    let colours = browser.value(
        r#"(() => {
            const canvas = document.getElementById("canvas");
            const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < bytes.length; i += 4) seen.add(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]);
            return [0xb9e4c4, 0x7c8cf0, 0xe8590c].every((colour) => seen.has(colour));
        })()"#,
    );
    assert_eq!(colours, true, "running, spans and held locks are painted");

    let (x, y) = middle_of(&mut browser, "job ");
    browser.mouse("mouseMoved", (x, y), 0.0);
    browser.wait_for("!document.getElementById('tip').hidden");
    let tip = browser.value("document.getElementById('tip').innerText");
    let tip = tip.as_str().unwrap();
    assert!(
        tip.starts_with("job ") && tip.contains("main.rhai:3") && tip.contains("Process-"),
        "{tip}"
    );

    let before = range(&mut browser);
    browser.mouse("mouseWheel", (x, y), -240.0);
    browser.wait_for(&format!(
        "window.timeline.view.to - window.timeline.view.from < {before} * 0.7"
    ));
    let (still, _) = middle_of(&mut browser, "job ");
    assert!(
        (still - x).abs() < 40.0,
        "zooming keeps what is under the mouse: {still} {x}"
    );
    browser.mouse("mouseWheel", (x, y), 240.0);
    browser.wait_for(&format!(
        "window.timeline.view.to - window.timeline.view.from > {before} * 0.9"
    ));

    browser.mouse("mousePressed", (x, y), 0.0);
    browser.mouse("mouseReleased", (x, y), 0.0);
    browser.wait_for("window.timeline.view.selected !== null");
    browser.key("Enter", Some("\r"));
    let close = range(&mut browser);
    assert!(close < before);
    browser.key("0", Some("0"));
    browser.wait_for(&format!(
        "window.timeline.view.to - window.timeline.view.from > {before} * 0.99"
    ));
    browser.key("Escape", None);
    browser.wait_for("window.timeline.view.selected === null");

    browser.key("/", None);
    browser.wait_for("document.activeElement.id === 'query'");
    browser.call("Input.insertText", &serde_json::json!({ "text": "JOB 4" }));
    browser.wait_for("document.getElementById('found').textContent === '1 found'");
    browser.key("Enter", Some("\r"));
    browser.wait_for("document.getElementById('found').textContent === '1 of 1'");
    let found = browser.value("window.timeline.described(window.timeline.view.selected.slice)");
    assert_eq!(found, "job 4");
    browser.key("Escape", None);
    browser.wait_for("document.getElementById('found').textContent === ''");
    picture(&mut browser, &directory);
}

/// Takes a picture, for somebody to look at.
fn picture(browser: &mut Browser, directory: &TempDir) {
    let shot = browser.call("Page.captureScreenshot", &serde_json::json!({}));
    let Value::String(picture) = &shot["data"] else {
        panic!("no picture");
    };
    // A picture with nothing in it is packed into less.
    assert!(picture.len() > 20_000, "{}", picture.len());
    fs::write(directory.path().join("picture.base64"), picture).unwrap();
}

#[test]
fn a_name_in_the_data_is_only_a_name() {
    let code = r#"with timeline.span("</script><img src=x onerror='window.bad = 1'>") { time.sleep(0.01); }"#;
    let Some((_directory, mut browser)) = opened(code) else {
        return;
    };
    let (x, y) = middle_of(&mut browser, "</script>");
    browser.mouse("mouseMoved", (x, y), 0.0);
    browser.wait_for("document.getElementById('tip').innerText.startsWith('</script><img')");
    assert_eq!(
        browser.value("window.bad === undefined && !document.querySelector('img')"),
        true
    );
}
