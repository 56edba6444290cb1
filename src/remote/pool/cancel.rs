//! Tasks that their submitter does not want any more.

use super::submitter::Submitter;
use crate::remote::caller::Caller;
use crate::remote::fault::Fault;
use crate::remote::scripts::CANCEL;
use crate::remote::seat::Sitter;

/// What became of the wish that a task is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// Nobody has begun it: it is not done.
    Yes,
    /// A worker has begun it.
    Begun,
    /// It has ended, or goes from one worker to another.
    Elsewhere,
}

impl Submitter {
    /// Forgets tasks: those that no worker has begun are not done.
    pub(crate) fn withdraw(&mut self, numbers: &[u64]) {
        let mut has_unsent = false;
        for number in numbers {
            let Some(task) = self.remove(*number) else {
                continue;
            };
            has_unsent |= !task.is_there;
            // Also one that is to be sent again over a new connection may be on the server.
            if *number <= self.sent {
                self.acknowledged.push((*number, String::new()));
            }
        }
        if has_unsent {
            self.unsent.retain(|number| self.open.contains_key(number));
        }
    }

    /// Withdraws those of these tasks that the server has never had, and returns them.
    pub(crate) fn cancel_unsent(&mut self, numbers: &[u64]) -> Vec<u64> {
        let numbers = numbers.iter().copied();
        let unsent: Vec<u64> = numbers.filter(|number| self.is_unsent(*number)).collect();
        self.withdraw(&unsent);
        unsent
    }

    fn is_unsent(&self, number: u64) -> bool {
        let task = self.open.get(&number);
        task.is_some_and(|task| !task.is_there && number > self.sent)
    }

    /// Withdraws a task that no worker has begun. With `really` false it is only asked whether one has.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) fn cancel(
        &mut self,
        number: u64,
        really: bool,
        caller: &dyn Caller,
    ) -> Result<Cancelled, Fault> {
        if !self.open.contains_key(&number) {
            return Ok(Cancelled::Elsewhere);
        }
        if self.is_unsent(number) {
            if really {
                self.withdraw(&[number]);
            }
            return Ok(Cancelled::Yes);
        }
        let state = self.attempt(caller, |this, caller| {
            let client = this.seat.member.clone();
            let mut cancel = CANCEL.prepare_invoke();
            for part in ["c", "s", "b", &format!("t:{client}"), "e"] {
                cancel.key(this.seat.key(part));
            }
            cancel.arg(number).arg(u8::from(really));
            let state: i64 = cancel.invoke(&mut this.seat.talk(caller)?)?;
            Ok(state)
        })?;
        Ok(match state {
            1 => {
                if really {
                    self.withdraw(&[number]);
                }
                Cancelled::Yes
            }
            0 => Cancelled::Begun,
            _ => Cancelled::Elsewhere,
        })
    }
}
