//! `Value` on a server. As long as nobody holds its lock, an operation is one request.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use rhai::Dynamic;

use super::arguments::{lease, place};
use super::handle::Handle;
use super::line::{Line, RLOCK, lock_of_number};
use super::parts::NUMBERS;
use crate::remote::number::{Form, Step, Stepped, number_terms, step};
use crate::remote::place::Place;
use crate::script::{Call, Failure, Interp, Outcome, Registry, raise, type_name};
use crate::stdlib::multiprocessing::sharedctypes::row::{Locked, register_lock};
use crate::stdlib::multiprocessing::sharedctypes::typecode::TypeCode;
use crate::stdlib::multiprocessing::synchronize::hold::Hold;
use crate::sync::Deadline;
use crate::wire::Unsendable;

/// Whether operations respect the lock.
const WITH_LOCK: bool = true;
const WITHOUT: bool = false;

/// A number on a server as one process holds it.
#[derive(Debug, Clone)]
struct Number<const LOCKED: bool> {
    handle: Handle,
    code: &'static TypeCode,
    /// The number it was made with.
    first: String,
    lease: Duration,
}

/// Returns the number that the arguments describe, whose `url` is argument 3; `None` if it is one of this machine.
///
/// # Errors
/// Wrong arguments; the server cannot be reached or used, or the object there is another one.
pub(in crate::stdlib::multiprocessing) fn construct(
    call: &mut Call<'_>,
) -> Result<Option<Dynamic>, Failure> {
    let Some(place) = place(call, 3)? else {
        return match call.has_value(5) {
            false => Ok(None),
            true => Err(raise(
                "ValueError",
                "lease is for a Value on a server: url is missing",
            )),
        };
    };
    let code = TypeCode::named(&call.value(0))?;
    let first = match call.has(1) {
        true => code.encode(&call.value(1))?,
        false => 0,
    };
    let locked = match call.given(2).map(|wish| wish.as_bool()) {
        None => true,
        Some(Ok(wish)) => wish,
        Some(Err(_)) => {
            let text = "a Value on a server has a lock of its own: lock must be true or false";
            return Err(raise("TypeError", text));
        }
    };
    let (first, lease) = (code.text(first), lease(call, 5)?);
    Ok(Some(match locked {
        true => Dynamic::from(Number::<WITH_LOCK>::open(call, place, code, first, lease)?),
        false => Dynamic::from(Number::<WITHOUT>::open(call, place, code, first, lease)?),
    }))
}

pub(in crate::stdlib::multiprocessing) fn register(registry: &mut Registry) {
    members::<WITHOUT>(registry, "RawValue", NUMBERS[1]);
    members::<WITH_LOCK>(registry, "Synchronized", NUMBERS[0]);
    let class = &mut registry.class::<Number<WITH_LOCK>>("Synchronized");
    register_lock::<Number<WITH_LOCK>>(class);
    class.method("get_obj", &[], |call| {
        let number: Number<WITH_LOCK> = call.this();
        Ok(Dynamic::from(Number::<WITHOUT> {
            handle: number.handle,
            code: number.code,
            first: number.first,
            lease: number.lease,
        }))
    });
}

fn members<const LOCKED: bool>(registry: &mut Registry, name: &'static str, sent: &'static str) {
    let class = &mut registry.class::<Number<LOCKED>>(name);
    class
        .by_parts(
            sent,
            |_, number: &Number<LOCKED>| number.parts(),
            Number::<LOCKED>::from_parts,
        )
        .getter("value", |call| {
            let number: Number<LOCKED> = call.this();
            number.value(Step::Get)
        })
        .setter("value", |call| {
            let (number, value): (Number<LOCKED>, _) = (call.this(), call.value(0));
            let new = number.code.text(number.code.encode(&value)?);
            number.step(Step::Set(&new))?;
            Ok(Dynamic::UNIT)
        })
        .method("add", &["#", "n"], |call| {
            let (number, more): (Number<LOCKED>, _) = (call.this(), call.value(0));
            number.add(&more)
        })
        .method("compare_exchange", &["old", "new"], |call| {
            let number: Number<LOCKED> = call.this();
            let code = number.code;
            let old = code.text(code.encode(&call.value(0))?);
            let new = code.text(code.encode(&call.value(1))?);
            let done = number.step(Step::Exchange(&old, &new, form(code)))?;
            Ok((done == Stepped::Done("1".into())).into())
        })
        .repr(|call| {
            let number: Number<LOCKED> = call.this();
            let class = if LOCKED { "Value" } else { "RawValue" };
            Ok(number.handle.repr(class).into())
        });
    for operator in ["<", "<=", ">", ">="] {
        for number in [TypeId::of::<i64>(), TypeId::of::<f64>()] {
            class.exactly(operator, &[number], &["other"], not_ordered::<LOCKED>);
        }
    }
}

/// `v > 3`, which Rhai would take for false.
fn not_ordered<const LOCKED: bool>(call: &mut Call<'_>) -> Outcome {
    let other = type_name(&call.value(0));
    let class = if LOCKED { "Synchronized" } else { "RawValue" };
    let operator = call.name();
    let text = format!("'{operator}' not supported between instances of '{class}' and '{other}'");
    Err(raise("TypeError", text))
}

fn form(code: &TypeCode) -> Form {
    match (code.bounds(), code.is_single()) {
        (Some((least, most)), _) => Form::Integer(least, most),
        (None, true) => Form::Single,
        (None, false) => Form::Double,
    }
}

impl<const LOCKED: bool> Number<LOCKED> {
    fn new(
        interp: &Arc<Interp>,
        place: Place,
        code: &'static TypeCode,
        first: String,
        lease: Duration,
    ) -> Self {
        let terms = number_terms(&code.letter().to_string(), &first);
        Self {
            handle: Handle::new(interp, place, terms),
            code,
            first,
            lease,
        }
    }

    fn open(
        call: &Call<'_>,
        place: Place,
        code: &'static TypeCode,
        first: String,
        lease: Duration,
    ) -> Result<Self, Failure> {
        let number = Self::new(call.interp, place, code, first, lease);
        let settings = number.handle.open()?;
        let wanted = code.letter().to_string();
        match settings.into_iter().next().flatten() {
            Some(has) if has != wanted => {
                let text = format!(
                    "the value exists with type code '{has}', not '{wanted}': use another name"
                );
                Err(raise("ValueError", text))
            }
            _ => Ok(number),
        }
    }

    fn lock(&self) -> Result<Line<RLOCK>, Failure> {
        let interp = self.handle.interp()?;
        Ok(lock_of_number(&interp, &self.handle.place, self.lease))
    }

    /// Does something with the number; while another thread holds its lock, in turn.
    fn step(&self, what: Step<'_>) -> Result<Stepped, Failure> {
        if !LOCKED {
            return self.try_step(None, what);
        }
        let lock = self.lock()?;
        let interp = self.handle.interp()?;
        loop {
            match self.try_step(Some(&lock.member()?), what)? {
                Stepped::Held => (),
                done => return Ok(done),
            }
            lock.take(&interp, Deadline::NEVER)?;
            let done = lock
                .member()
                .and_then(|member| self.try_step(Some(&member), what));
            let given = lock.give();
            match done? {
                // It was taken away meanwhile, because this machine was silent.
                Stepped::Held => (),
                done => return given.map(|()| done),
            }
        }
    }

    fn try_step(&self, member: Option<&str>, what: Step<'_>) -> Result<Stepped, Failure> {
        self.handle.using(Deadline::NOW, |visit, caller| {
            step(visit, member, what, caller)
        })
    }

    /// Does something whose result is a number.
    fn value(&self, what: Step<'_>) -> Outcome {
        match self.step(what)? {
            Stepped::Done(text) => Ok(self.code.decode(self.word(&text)?)),
            Stepped::Held | Stepped::Misfit(_) => Err("a value on a server is a number".into()),
        }
    }

    fn add(&self, more: &Dynamic) -> Outcome {
        let amount = self.code.amount(more)?;
        match self.step(Step::Add(&amount, form(self.code)))? {
            Stepped::Misfit(old) => {
                // It says what does not fit.
                let sum = self.code.plus(self.word(&old)?, more)?;
                Ok(self.code.decode(sum))
            }
            Stepped::Done(text) => Ok(self.code.decode(self.word(&text)?)),
            Stepped::Held => Err("the lock of a value on a server is not free".into()),
        }
    }

    fn word(&self, text: &str) -> Result<u64, Failure> {
        self.code.word(text).ok_or_else(|| {
            let text = format!(
                "{} holds {text:?}, which is no number",
                self.handle.describe()
            );
            raise("ValueError", text)
        })
    }

    fn parts(&self) -> Result<Dynamic, Unsendable> {
        let lease = self.lease.as_millis().to_string();
        let code = self.code.letter().to_string();
        self.handle.parts(vec![code, self.first.clone(), lease])
    }

    fn from_parts(interp: &Arc<Interp>, plain: Dynamic) -> Result<Self, String> {
        let (place, more) = Handle::read(plain)?;
        let [code, first, lease] = <[String; 3]>::try_from(more).map_err(|_| "it is no value")?;
        let code = TypeCode::named(&code.into()).map_err(|_| "its type code is none")?;
        let lease = lease.parse().map_err(|_| "its lease is none")?;
        let lease = Duration::from_millis(lease);
        Ok(Self::new(interp, place, code, first, lease))
    }
}

impl Locked for Number<WITH_LOCK> {
    fn lock(&self) -> Dynamic {
        Number::lock(self).map_or(Dynamic::UNIT, Dynamic::from)
    }
}
