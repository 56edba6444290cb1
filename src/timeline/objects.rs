//! Which object a place in the session was at a moment, and what people call it.

use std::collections::HashMap;

use super::read::Logs;
use super::sources::Sources;
use crate::sync::kind;
use crate::trace::record::Kind;

/// The objects of a family.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// By place, when each was created, and its name. A place is used again when an object is destroyed.
    by_place: HashMap<u64, Vec<(u64, String)>>,
}

struct Created {
    at: u64,
    place: u64,
    code: u16,
    site: u32,
}

impl Objects {
    pub(super) fn of(logs: &Logs, sources: &Sources) -> Self {
        let mut created: Vec<Created> = Vec::new();
        for log in &logs.threads {
            let entries = log.entries.iter().filter(|e| e.tag.kind == Kind::Created);
            created.extend(entries.map(|entry| Created {
                at: entry.start,
                place: entry.object,
                code: entry.tag.code,
                site: entry.tag.site,
            }));
        }
        created.sort_by_key(|created| created.at);
        let mut objects = Self::default();
        let mut on_line: HashMap<(u32, u16), usize> = HashMap::new();
        let mut called: HashMap<String, Vec<u32>> = HashMap::new();
        for Created {
            at,
            place,
            code,
            site,
        } in created
        {
            let nth = on_line.entry((site, code)).or_default();
            let (class, variable) = sources.created(code, site, *nth);
            *nth += 1;
            let name = match (class, variable) {
                ("", _) => internal(code).to_string(),
                (class, "") => class.to_string(),
                (class, variable) => format!("{class} {variable}"),
            };
            let same = called.entry(name.clone()).or_default();
            // The queues of a pipe or a pool are one thing for a script.
            if !(is_of_parts(class) && same.contains(&site)) {
                same.push(site);
            }
            let name = match same.len() {
                1 => name,
                _ if class.is_empty() => name,
                count => format!("{name} #{count}"),
            };
            objects.by_place.entry(place).or_default().push((at, name));
        }
        objects
    }

    /// Returns the name of the object that was at a place at a moment.
    pub(super) fn name(&self, place: u64, at: u64) -> Option<&str> {
        let all = self.by_place.get(&place)?;
        let (_, name) = all.get(self.which(place, at))?;
        Some(name)
    }

    /// Returns which of the objects that were at a place was there at a moment.
    pub(super) fn which(&self, place: u64, at: u64) -> usize {
        let all = self.by_place.get(&place).map_or(&[][..], Vec::as_slice);
        let before = all.partition_point(|(created, _)| *created <= at);
        before.saturating_sub(1)
    }
}

/// Returns whether an object of a class has several objects of the session.
fn is_of_parts(class: &str) -> bool {
    class == "Pipe" || class.contains("Pool")
}

/// An object that the program made for itself.
fn internal(code: u16) -> &'static str {
    match code {
        kind::MUTEX | kind::REENTRANT_MUTEX => "an internal lock",
        kind::QUEUE => "an internal queue",
        kind::EVENT => "an internal event",
        kind::SEMAPHORE => "an internal semaphore",
        kind::CONDITION => "an internal condition",
        _ => "an internal object",
    }
}
