//! A family as a report: all that is known, thread by thread.

use super::family::{Family, Line, Process, Thread};
use super::table::{items, plain, since, what};

impl Family {
    /// Returns all that is known about the family as lines of text, without a line break at the end.
    pub fn dump(&self) -> String {
        let count = self.processes.len();
        let plural = if count == 1 { "process" } else { "processes" };
        let command = match self.command.as_str() {
            "" => "a program",
            command => command,
        };
        let mut lines = vec![format!("{command} (pid {}): {count} {plural}", self.pid)];
        for process in &self.processes {
            lines.push(heading(process));
            lines.extend(process.threads.iter().flat_map(thread_lines));
        }
        for queue in &self.queues {
            let (name, items) = (&queue.name, items(queue));
            let unit = if items == "1" { "item" } else { "items" };
            let users = queue.open_in.join(", ");
            lines.push(format!("{name}: {items} {unit}; {users} can put"));
        }
        let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
        lines.join("\n")
    }
}

/// `Process-1 (pid 7, child of 6, daemon): stopped`.
fn heading(process: &Process) -> String {
    let mut facts = vec![format!("pid {}", process.pid)];
    facts.extend(process.parent.map(|parent| format!("child of {parent}")));
    facts.extend(process.daemon.then(|| "daemon".to_string()));
    let state = match process.state {
        "running" => String::new(),
        state => format!(": {state}"),
    };
    format!("{} ({}){state}", process.name, facts.join(", "))
}

fn thread_lines(thread: &Thread) -> Vec<String> {
    let at = thread
        .at
        .as_ref()
        .map(|line| format!(" at {}", place(line)));
    let at = at.unwrap_or_default();
    let does = match &thread.wait {
        Some(wait) => format!("waits for {}{at}, {}", what(wait), since(wait)),
        None => format!("runs{at}"),
    };
    let holds = thread.holds.iter().map(|hold| {
        let since = hold
            .at
            .as_ref()
            .map(|line| format!(" since {}", place(line)));
        format!("    holds {}{}", hold.object, since.unwrap_or_default())
    });
    std::iter::once(format!("  {}: {does}", thread.name))
        .chain(holds)
        .collect()
}

/// `main.rhai:7 in work()`.
fn place(line: &Line) -> String {
    match line.function.as_str() {
        "" => line.to_string(),
        function => format!("{line} in {function}"),
    }
}
