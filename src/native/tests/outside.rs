//! What code asks of the world: whether to stop, random words, how deep it may get.

use std::thread;
use std::time::{Duration, Instant};

use super::support::{
    World, add, block, call, compiled, for_range, function, fvar, int, looping, machine, op,
    passes, result, unit, var, when,
};
use crate::native::code::{Expr, Function, Loop, Op, Over, Stmt, Ty};
use crate::native::{Exit, Machine, Outside, Value};
use crate::sys::interrupt;

/// A world that has to stop once a thread has said so.
struct Alarmed {
    by: Option<thread::JoinHandle<()>>,
    /// How many questions must be asked before the answer is to stop.
    patience: usize,
    asked: usize,
}

impl Outside for Alarmed {
    fn must_stop(&mut self) -> bool {
        self.asked += 1;
        if self.by.is_none() {
            // The question before the code begins.
            self.by = Some(thread::spawn(alarm));
            return false;
        }
        self.asked > self.patience
    }

    fn draw(&mut self, _: &mut [u64]) {}

    fn put_back(&mut self, _: &[u64]) {}

    fn may_grow(&mut self, _: usize) -> bool {
        true
    }
}

/// Alerts everybody, until long after all have noticed.
fn alarm() {
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(5));
        interrupt::alert();
    }
}

/// Runs code that never ends by itself.
fn stopped(run: impl FnOnce(&mut dyn Outside) -> Exit) -> Exit {
    let mut world = Alarmed {
        by: None,
        patience: 3,
        asked: 0,
    };
    let began = Instant::now();
    let exit = run(&mut world);
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "it noticed by itself"
    );
    assert_eq!(world.asked, 4);
    world.by.map(thread::JoinHandle::join).unwrap().unwrap();
    exit
}

#[test]
fn every_loop_can_be_stopped() {
    let endless = |place| Stmt::While(None, block(vec![]), place);
    let long = for_range(1, int(0), int(i64::MAX), int(1), vec![]);
    let over_nothing = Stmt::While(Some(op(Op::Ge, var(0), var(0))), block(vec![]), 8);
    for (body, place) in [
        (vec![], 5),
        (vec![endless(6)], 6),
        (vec![long], 7),
        (vec![over_nothing], 8),
    ] {
        let code = looping(&[Ty::Int; 2], 1, Over::While(None), body);
        let entry = machine().looping(&code).unwrap();
        let exit = stopped(|world| entry.call(world, 0, &mut [Value::Int(1)]));
        assert_eq!(exit, Exit::Stopped(place));
    }
    let code = looping(
        &[Ty::Int],
        0,
        Over::Numbers {
            var: 0,
            counter: None,
        },
        vec![],
    );
    let entry = machine().looping(&code).unwrap();
    let mut progress = passes(0, i64::MAX as u64);
    let exit = stopped(|world| entry.loop_on(world, 0, &mut progress, &mut []));
    assert_eq!(exit, Exit::Stopped(5));
    assert!(progress.next > 0);
    assert_eq!(progress.left, i64::MAX as u64 - progress.next as u64);
}

#[test]
fn endless_recursion_can_be_stopped_where_it_was_called() {
    // fn f(n) { f(n - 1) + f(n - 1) }
    let again = || call(0, vec![op(Op::Sub, var(0), int(1))]);
    let end = when(op(Op::Lt, var(0), int(0)), vec![Stmt::Return(int(1))]);
    let code = function(&[Ty::Int], 1, vec![end], add(again(), again()));
    let entry = compiled(&code);
    let exit = stopped(|world| entry.call(world, 100, &mut [Value::Int(80)]));
    assert_eq!(exit, Exit::Stopped(9));
}

#[test]
fn a_stop_before_code_begins_is_noticed() {
    let entry = compiled(&function(&[Ty::Int], 1, vec![], var(0)));
    let mut world = World {
        stops: vec![true],
        ..World::default()
    };
    assert_eq!(
        entry.call(&mut world, 0, &mut [Value::Int(0)]),
        Exit::Stopped(0)
    );
}

#[test]
fn calls_nest_as_deep_as_they_may() {
    // fn f(n) { if n == 0 { return 0; } f(n - 1) + 1 }
    let deeper = add(call(0, vec![op(Op::Sub, var(0), int(1))]), int(1));
    let end = when(op(Op::Eq, var(0), int(0)), vec![Stmt::Return(int(0))]);
    let entry = compiled(&function(&[Ty::Int], 1, vec![end], deeper));
    for depth in [0, 1, 10, 1000] {
        for (calls, fits) in [(depth, true), (depth + 1, false)] {
            let exit = entry.call(
                &mut World::default(),
                depth as usize,
                &mut [Value::Int(calls)],
            );
            let expected = if fits {
                Exit::Done(Value::Int(calls))
            } else {
                Exit::GaveUp
            };
            assert_eq!(exit, expected, "{calls} calls, {depth} permitted");
        }
    }
}

/// fn f(n) { for i in range(n) { x = random(); } if x < 0 { give up } x }
fn last_random(gives_up: bool) -> Function {
    let draw = for_range(1, int(0), var(0), int(1), vec![Stmt::Set(2, Expr::Random)]);
    let mut body = vec![Stmt::Set(2, Expr::Float(0.0)), draw];
    if gives_up {
        body.push(Stmt::Do(Expr::GiveUp));
    }
    function(&[Ty::Int, Ty::Int, Ty::Float], 1, body, fvar(2))
}

#[test]
fn a_function_takes_the_random_words_that_it_needs() {
    let (takes, gives_up) = (compiled(&last_random(false)), compiled(&last_random(true)));
    let mut world = World::default();
    let mut expected = 0;
    for count in [0, 1, 2, 63, 64, 65, 1, 500] {
        let exit = gives_up.call(&mut world, 0, &mut [Value::Int(count)]);
        assert_eq!((exit, world.drawn), (Exit::GaveUp, expected));
        let exit = takes.call(&mut world, 0, &mut [Value::Int(count)]);
        expected += count as u64;
        let number = if count == 0 { 0.0 } else { unit(expected - 1) };
        assert_eq!(
            (exit, world.drawn),
            (Exit::Done(Value::Float(number)), expected)
        );
    }
}

#[test]
fn a_loop_that_gives_up_puts_back_the_words_of_its_pass() {
    // for i in … { for j in range(i) { x = random(); } if i == 9 { give up } }
    let draw = for_range(2, int(0), var(1), int(1), vec![Stmt::Set(0, Expr::Random)]);
    let end = when(op(Op::Eq, var(1), int(99)), vec![Stmt::Do(Expr::GiveUp)]);
    let over = Over::Numbers {
        var: 1,
        counter: None,
    };
    let code = looping(&[Ty::Float, Ty::Int, Ty::Int], 1, over, vec![draw, end]);
    let entry = machine().looping(&code).unwrap();
    let mut values = [Value::Float(0.0)];
    let mut world = World::default();
    let exit = entry.loop_on(&mut world, 0, &mut passes(0, 200), &mut values);
    let taken = (0..99).sum();
    assert_eq!((exit, world.drawn), (Exit::GaveUp, taken));
    assert_eq!(values, [Value::Float(unit(taken - 1))]);
}

#[test]
fn a_question_finds_the_random_words_that_are_left() {
    struct Asked {
        world: World,
        drawn: Vec<u64>,
    }
    impl Outside for Asked {
        fn must_stop(&mut self) -> bool {
            self.drawn.push(self.world.drawn);
            interrupt::alert();
            self.drawn.len() == 4
        }
        fn draw(&mut self, words: &mut [u64]) {
            self.world.draw(words);
        }
        fn put_back(&mut self, words: &[u64]) {
            self.world.put_back(words);
        }
        fn may_grow(&mut self, _: usize) -> bool {
            true
        }
    }
    let body = vec![Stmt::Set(0, Expr::Random), Stmt::Set(0, Expr::Random)];
    let code = looping(&[Ty::Float], 1, Over::While(None), body);
    let entry = machine().looping(&code).unwrap();
    let (world, drawn) = (World::default(), Vec::new());
    let mut asked = Asked { world, drawn };
    let mut values = [Value::Float(0.0)];
    assert_eq!(entry.call(&mut asked, 0, &mut values), Exit::Stopped(5));
    // The last pass is undone.
    assert_eq!((asked.drawn, asked.world.drawn), (vec![0, 2, 4, 6], 4));
    assert_eq!(values, [Value::Float(unit(3))]);
}

#[test]
fn a_panic_outside_goes_through() {
    struct Panics;
    impl Outside for Panics {
        fn must_stop(&mut self) -> bool {
            false
        }
        fn draw(&mut self, _: &mut [u64]) {
            panic!("of the world");
        }
        fn put_back(&mut self, _: &[u64]) {}
        fn may_grow(&mut self, _: usize) -> bool {
            true
        }
    }
    let entry = compiled(&last_random(false));
    let run = move || entry.call(&mut Panics, 0, &mut [Value::Int(1)]);
    let panic = thread::spawn(run).join().unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of the world"));
}

#[test]
fn functions_call_others_that_are_defined_later() {
    let mut machine = machine();
    let first = machine.declare(&[Ty::Int], Ty::Int);
    let second = machine.declare(&[Ty::Int], Ty::Int);
    let calls = |id| function(&[Ty::Int], 1, vec![], call(id, vec![add(var(0), int(1))]));
    machine.define(first, &calls(second)).unwrap();
    assert!(machine.entry(first).is_err(), "its callee is missing");
    let end = function(&[Ty::Int], 1, vec![], op(Op::Mul, var(0), int(3)));
    machine.define(second, &end).unwrap();
    let entry = machine.entry(first).unwrap();
    assert_eq!(result(&entry, &[Value::Int(4)]), Exit::Done(Value::Int(15)));
    let over = || Over::While(Some(op(Op::Lt, var(0), int(50))));
    let body = || vec![Stmt::Set(0, call(first, vec![var(0)]))];
    let code = |vars: &[Ty]| -> Loop { looping(vars, 1, over(), body()) };
    let entry = machine.looping(&code(&[Ty::Int])).unwrap();
    let mut values = [Value::Int(1)];
    assert_eq!(
        entry.call(&mut World::default(), 5, &mut values),
        Exit::Done(Value::Unit)
    );
    assert_eq!(values, [Value::Int(66)]);
    assert_eq!(
        entry.call(&mut World::default(), 1, &mut [Value::Int(1)]),
        Exit::GaveUp
    );
}

#[test]
fn wrong_calls_and_definitions_are_refused() {
    let mut machine: Machine = machine();
    let id = machine.declare(&[Ty::Int], Ty::Int);
    let other = function(&[Ty::Float], 1, vec![], fvar(0));
    assert!(machine.define(id, &other).is_err());
    assert!(machine.define(7, &other).is_err());
    assert!(machine.entry(id).is_err());
    assert!(machine.entry(7).is_err());
    for (callee, args) in [
        (7, vec![int(1)]),
        (id, vec![]),
        (id, vec![Expr::Float(1.0)]),
    ] {
        let wrong = function(&[Ty::Int], 1, vec![], call(callee, args));
        assert!(machine.define(id, &wrong).is_err());
    }
    let right = function(&[Ty::Int], 1, vec![], var(0));
    machine.define(id, &right).unwrap();
    assert!(machine.define(id, &right).is_err());
}
