//! Whose beats have stopped, on the clock of whoever watches: no clock of another machine counts, nor how long the server was away.

use std::collections::HashMap;
use std::time::Duration;

use crate::remote::member::lease_of;

/// The beats of the members of an object, as one sweeper has seen them without a gap.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The last beat of each member, and when it was seen first.
    beats: HashMap<String, (String, Duration)>,
    /// When it looked last.
    looked: Option<Duration>,
}

impl Watch {
    /// Forgets everything: what was not watched is not known.
    pub(super) fn forget(&mut self) {
        self.beats.clear();
        self.looked = None;
    }

    /// Notes the beats at a time since the start of the machine, and returns the members whose beat has not changed for a whole lease,
    /// each with that beat. `lease` is that of a member that does not say its own. After a pause of more than `gap` it begins anew.
    pub(super) fn look(
        &mut self,
        beats: Vec<(String, String)>,
        now: Duration,
        lease: Duration,
        gap: Duration,
    ) -> Vec<(String, String)> {
        if self.looked.is_some_and(|looked| now - looked > gap) {
            self.forget();
        }
        self.looked = Some(now);
        let mut seen = HashMap::with_capacity(beats.len());
        let mut stopped = Vec::new();
        for (member, beat) in beats {
            let before = self.beats.remove(&member);
            let since = match before {
                Some((last, since)) if last == beat => since,
                _ => now,
            };
            if now - since > lease_of(&member).unwrap_or(lease) {
                stopped.push((member.clone(), beat.clone()));
            }
            seen.insert(member, (beat, since));
        }
        self.beats = seen;
        stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(10);
    const GAP: Duration = Duration::from_secs(8);

    fn look(watch: &mut Watch, beat: u64, second: u64) -> bool {
        let beats = vec![("m".to_string(), beat.to_string())];
        let now = Duration::from_secs(second);
        !watch.look(beats, now, LEASE, GAP).is_empty()
    }

    #[test]
    fn a_member_is_dead_when_its_beat_has_stood_still_for_a_lease() {
        let mut watch = Watch::default();
        assert!(!look(&mut watch, 7, 100));
        assert!(!look(&mut watch, 7, 105));
        assert!(!look(&mut watch, 7, 110));
        assert!(look(&mut watch, 7, 111));
        assert!(!look(&mut watch, 8, 112));
    }

    #[test]
    fn each_member_has_its_own_lease() {
        let mut watch = Watch::default();
        let mut look = |second| {
            let beats = ["a.20000", "b.5000"].map(|member| (member.to_string(), "1".to_string()));
            let stopped = watch.look(beats.into(), Duration::from_secs(second), LEASE, GAP);
            let names = stopped.into_iter().map(|(member, _)| member);
            names.collect::<Vec<_>>()
        };
        assert!(look(100).is_empty());
        assert_eq!(look(106), ["b.5000"]);
        assert_eq!(look(113), ["b.5000"]);
        assert_eq!(look(121), ["a.20000", "b.5000"]);
    }

    #[test]
    fn nobody_is_dead_after_a_pause_of_the_watcher() {
        let mut watch = Watch::default();
        assert!(!look(&mut watch, 7, 100));
        assert!(!look(&mut watch, 7, 109));
        assert!(!look(&mut watch, 7, 112));
        assert!(!look(&mut watch, 7, 119));
        assert!(look(&mut watch, 7, 120));
    }
}
