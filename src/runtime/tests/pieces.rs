//! Pieces of a program that use what earlier ones have left.

use crate::Runtime;

#[test]
fn a_variable_of_an_earlier_piece_is_called() {
    let mut runtime = Runtime::builder().build().unwrap();
    runtime.eval::<()>("let f = |x| x + 1;").unwrap();
    assert_eq!(runtime.eval::<i64>("f(1)").unwrap(), 2);
    assert_eq!(runtime.eval::<i64>("let g = || f(5); g()").unwrap(), 6);
    assert_eq!(runtime.eval::<i64>("[1, 2].map(|x| f(x))[1]").unwrap(), 3);
    // A function comes first, whenever it was defined.
    runtime.eval::<()>("fn f(x) { x * 100 }").unwrap();
    assert_eq!(runtime.eval::<i64>("f(1)").unwrap(), 100);
    let error = runtime.eval::<i64>("let n = 5; n(1)").unwrap_err();
    assert!(
        error.to_string().contains("'int' object is not callable"),
        "{error}"
    );
}
