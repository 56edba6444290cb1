//! Constants: their values, put into a list, a dict or a variable, can be changed there.

use crate::support::script::Script;

/// Programs, each with what it prints.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "let l = []; l.append(False); l[-1] = True; print(l);",
        "[True]\n",
    ),
    (
        "let l = []; l.push(False); l.insert(0, True); l[0] = 1; l[1] = 2; print(l);",
        "[1, 2]\n",
    ),
    (
        "let l = [1]; l.extend([True]); l[1] ^= True; print(l);",
        "[1, False]\n",
    ),
    (
        "let l = []; l.append([True]); l.append(#{a: True}); l[0][0] = 1; l[1].a = 2; print(l);",
        "[[1], {'a': 2}]\n",
    ),
    (
        "fn f() { True } let l = []; l.append(f()); l.append(f); l[0] = 1; l[1] = 2; print(l);",
        "[1, 2]\n",
    ),
    (
        "const N = 5; fn f() { global::N } let l = []; l.append(f()); l[0] += 1; print(l);",
        "[6]\n",
    ),
    (
        "let d = #{}; d.set(\"a\", True); d.setdefault(\"b\", True); d.a = 1; d[\"b\"] = 2; print(d);",
        "{'a': 1, 'b': 2}\n",
    ),
    (
        "for t in [True] { t ^= True; print(t); } for (t, i) in [False] { t |= True; print(t, i); }",
        "False\nTrue 0\n",
    ),
    (
        "fn f() { for t in [[True]] { t[0] = 1; print(t); } } f(); for t in sorted([True]) { t = 2; print(t); }",
        "[1]\n2\n",
    ),
    (
        "let l = [1, 2]; l.set(0, True); l[0] = 3; l.set(9, 4); l.set(-9, 5); l.insert(-1, 6); l.insert(9, 7); print(l);",
        "[5, 6, 2, 7]\n",
    ),
    (
        "const L = [1]; try { L[0] = 2; } catch (e) { print(e.type); } try { L.push(2); } catch (e) { print(e.type); } print(L);",
        "TypeError\nTypeError\n[1]\n",
    ),
    (
        "try { True = 1; } catch (e) { print(e); } print(True);",
        "cannot change constant 'True'\nTrue\n",
    ),
];

#[test]
fn values_of_constants_can_be_changed_where_they_are_put() {
    for (program, printed) in PROGRAMS {
        for mode in ["never", "pays", "at-once", "at-loops"] {
            eprintln!("{mode}: {program}");
            let variable = format!("PROCSCRIPT_COMPILE={mode} exec \"$@\"");
            let script = Script::text(program).through_shell(&variable);
            script.run().assert(0, printed, "");
        }
    }
}
