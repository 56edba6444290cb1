//! Chromium, driven by its DevTools protocol through two pipes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pipes are the descriptors 3 and 4 of the browser.
const START: &str = r#"exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --window-size=1400,900 \
    --user-data-dir="$1/profile" --remote-debugging-pipe about:blank 3<"$1/in" 4>"$1/out""#;

/// A browser that shows one page.
pub(super) struct Browser {
    process: Child,
    to: File,
    from: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    _directory: TempDir,
}

impl Browser {
    /// Opens a page; `None` where there is no browser.
    pub(super) fn open(page: &Path) -> Option<Self> {
        let found = Command::new("sh")
            .args(["-c", "command -v chromium"])
            .output()
            .unwrap();
        if !found.status.success() {
            return None;
        }
        let directory = TempDir::with_prefix("procscript-test-").unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in ["in", "out"] {
            mkfifo(&path(name), Mode::S_IRWXU).unwrap();
        }
        let process = Command::new("sh")
            .args(["-c", START, "sh"])
            .arg(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = OpenOptions::new().write(true).open(path("in")).unwrap();
        let from = File::open(path("out")).unwrap();
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(from).split(0) {
                let Ok(message) = message else { return };
                let Ok(message) = serde_json::from_slice(&message) else {
                    return;
                };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            process,
            to,
            from: receiver,
            session: None,
            calls: 0,
            _directory: directory,
        };
        let url = format!("file://{}", page.display());
        let target =
            browser.call("Target.createTarget", &json!({ "url": url }))["targetId"].clone();
        let attached = browser.call(
            "Target.attachToTarget",
            &json!({ "targetId": target, "flatten": true }),
        );
        browser.session = Some(attached["sessionId"].as_str().unwrap().into());
        browser.wait_for("window.timeline !== undefined && document.readyState === 'complete'");
        Some(browser)
    }

    /// Calls a method of the protocol, and returns its result.
    pub(super) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        loop {
            let answer = self.from.recv_timeout(PATIENCE).expect(method);
            if answer["id"] == self.calls {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Returns the value of an expression in the page.
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true });
        let result = self.call("Runtime.evaluate", &params);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {result}"
        );
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(super) fn wait_for(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.value(expression) != true {
            assert!(Instant::now() < deadline, "never true: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Moves the mouse, presses it or turns its wheel at a point of the page.
    pub(super) fn mouse(&mut self, what: &str, (x, y): (f64, f64), wheel: f64) {
        let pressed = matches!(what, "mousePressed" | "mouseReleased");
        let button = if pressed { "left" } else { "none" };
        let params = json!({
            "type": what, "x": x, "y": y, "deltaX": 0, "deltaY": wheel,
            "button": button, "clickCount": i32::from(pressed),
        });
        self.call("Input.dispatchMouseEvent", &params);
    }

    /// Presses a key; `text` is what it types.
    pub(super) fn key(&mut self, key: &str, text: Option<&str>) {
        for what in ["keyDown", "keyUp"] {
            let mut params = json!({ "type": what, "key": key });
            if let Some(text) = text.filter(|_| what == "keyDown") {
                params["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", &params);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
