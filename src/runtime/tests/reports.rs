//! A report is made whatever the text, the place and the message are.

use rhai::Position;

use crate::program::Source;
use crate::runtime::Runtime;
use crate::script::exceptions::Exception;
use crate::script::report::diagnostic_of;

/// Texts with the beginnings of everything, cut off anywhere.
const TEXT: &str = "import \"lib\" as lib;\nlet d = #{a: |x, y| x + `t ${d.a}`, b: [1, \"é日\"]};\nfn f(a, b) {\n\tfor (i, j) in a { \
                    try { f(i).b[0] } catch (e) { |z| { throw z; } } }\n}\nif d.list() { d.b[1](2) } lib::f(1);\n'x' }}} )))";

const MESSAGES: [(&str, &str); 24] = [
    ("NameError", "name 'd' is not defined"),
    ("NameError", "name 'dd' is not defined"),
    ("NameError", "name 'this' is not defined"),
    ("NameError", "name '"),
    ("NameError", ""),
    ("AttributeError", "'Queue' object has no attribute 'putt'"),
    ("AttributeError", "'NoneType' object has no attribute 'x'"),
    (
        "AttributeError",
        "attribute 'x' of 'Queue' object cannot be set",
    ),
    ("AttributeError", "' object "),
    (
        "AttributeError",
        "module 'lib' has no function 'g' that takes ()",
    ),
    ("AttributeError", "module '"),
    ("ModuleNotFoundError", "No module named 'lbi'"),
    ("ModuleNotFoundError", "No module named '../é'"),
    (
        "TypeError",
        "f() missing 1 required positional argument: 'b'",
    ),
    ("TypeError", "put() takes 1 positional argument but"),
    (
        "TypeError",
        "put() got an unexpected keyword argument 'x' (it takes",
    ),
    (
        "TypeError",
        "<lambda>() takes 1 positional argument but 2 were given",
    ),
    ("TypeError", "'NoneType' object is not subscriptable"),
    ("TypeError", "must be True or False, not list"),
    ("TypeError", "must be int, not str"),
    ("TypeError", "set() cannot change a constant"),
    ("TypeError", "cannot change constant '"),
    ("DataRaceError", "captured variable 'd' is in use"),
    ("SyntaxError", "Expecting ';' to terminate this statement"),
];

#[test]
fn every_place_and_message_gives_a_report() {
    let runtime = Runtime::builder().build().unwrap();
    let program = &runtime.interp.program;
    let ends = TEXT.char_indices().map(|(at, _)| at).step_by(7);
    for end in ends.chain([TEXT.len()]) {
        let text = &TEXT[..end];
        program.note_source(&Source::new("t.rhai", "t.rhai", text));
        let lines = text.lines().count() + 2;
        let places = (1..=lines).flat_map(|line| [1, 2, 5, 9, 14, 23, 40, 500].map(|c| (line, c)));
        for (index, (line, column)) in places.enumerate() {
            let position = Position::new(u16::try_from(line).unwrap(), column);
            let frame = program.frame("t.rhai", position, "f");
            // Every message meets every place in the course of the texts.
            for (kind, message) in MESSAGES.iter().skip(index % 3).step_by(3) {
                let exception = Exception::new(*kind, vec![(*message).into()]);
                let told =
                    diagnostic_of(&runtime.interp, &exception.with_frames(vec![frame.clone()]));
                assert!(told.to_string().starts_with(kind));
                assert!(!told.to_json().contains('\n'));
            }
        }
    }
    let nowhere = Exception::new("NameError", vec!["name 'd' is not defined".into()]);
    assert_eq!(
        diagnostic_of(&runtime.interp, &nowhere).to_string(),
        "NameError: name 'd' is not defined"
    );
}
