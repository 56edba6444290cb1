//! `math`: each value beside CPython's.

use super::support::script::{Script, prints, prints_in_every_mode};
use super::support::table::gives;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r#"
        math.pi => 3.141592653589793
        math.e => 2.718281828459045
        math.tau => 6.283185307179586
        math.inf => inf
        math.nan => nan
        math.sqrt(2) => 1.4142135623730951
        math.sqrt(-1) => ValueError: math domain error
        math.sqrt("a") => TypeError: must be real number, not str
        math.sqrt(math.inf) => inf
        math.sqrt(math.nan) => nan
        math.isqrt(17) => 4
        math.isqrt(9223372036854775807) => 3037000499
        math.isqrt(-1) => ValueError: isqrt() argument must be nonnegative
        math.isqrt(1.0) => TypeError: 'float' object cannot be interpreted as an integer
        math.pow(2, 0.5) => 1.4142135623730951
        math.pow(-2, 0.5) => ValueError: math domain error
        math.pow(0, -1) => ValueError: math domain error
        math.pow(2, 5000) => OverflowError: math range error
        math.pow(10.0, 308) => 1e+308
        math.exp(1) => 2.718281828459045
        math.exp(1000) => OverflowError: math range error
        math.exp(-math.inf) => 0.0
        math.exp2(0.5) => 1.4142135623730951
        math.expm1(1e-10) => 1.00000000005e-10
        math.log(10) => 2.302585092994046
        math.log(8, 2) => 3.0
        math.log(0) => ValueError: math domain error
        math.log(-1.5) => ValueError: math domain error
        math.log(5, 1) => ZeroDivisionError: float division by zero
        math.log(5, 0) => ValueError: math domain error
        math.log(9223372036854775807) => 43.66827237527655
        math.log2(8) => 3.0
        math.log2(0) => ValueError: math domain error
        math.log10(1000) => 3.0
        math.log10(2) => 0.3010299956639812
        math.log1p(1e-10) => 9.999999999500001e-11
        math.log1p(-1) => ValueError: math domain error
        math.sin(1) => 0.8414709848078965
        math.sin(math.inf) => ValueError: math domain error
        math.cos(1) => 0.5403023058681398
        math.tan(1) => 1.5574077246549023
        math.asin(0.5) => 0.5235987755982989
        math.asin(2) => ValueError: math domain error
        math.acos(0.5) => 1.0471975511965979
        math.atan(1) => 0.7853981633974483
        math.atan2(1, -1) => 2.356194490192345
        math.atan2(0.0, -0.0) => 3.141592653589793
        math.sinh(1) => 1.1752011936438014
        math.sinh(1000) => OverflowError: math range error
        math.cosh(1) => 1.5430806348152437
        math.tanh(1) => 0.7615941559557649
        math.asinh(1) => 0.881373587019543
        math.acosh(2) => 1.3169578969248166
        math.acosh(0.5) => ValueError: math domain error
        math.atanh(0.5) => 0.5493061443340548
        math.atanh(1) => ValueError: math domain error
        math.hypot(3, 4) => 5.0
        math.hypot() => 0.0
        math.hypot(1, 2, 2) => 3.0
        math.hypot(1e200, 1e200, 1e200) => 1.7320508075688773e+200
        math.hypot(1, math.inf, math.nan) => inf
        math.hypot(-0.5) => 0.5
        math.dist([1, 2], [4, 6]) => 5.0
        math.dist([1, 2, 3], [4, 6, 3]) => 5.0
        math.dist([1], [1, 2]) => ValueError: both points must have the same number of dimensions
        math.degrees(math.pi) => 180.0
        math.degrees(1) => 57.29577951308232
        math.radians(180) => 3.141592653589793
        math.radians(1) => 0.017453292519943295
        math.floor(2.7) => 2
        math.floor(-2.7) => -3
        math.floor(5) => 5
        math.floor(math.nan) => ValueError: cannot convert float NaN to integer
        math.floor(math.inf) => OverflowError: cannot convert float infinity to integer
        math.floor("a") => TypeError: must be real number, not str
        math.ceil(2.1) => 3
        math.ceil(-0.5) => 0
        math.trunc(-2.7) => -2
        math.trunc("a") => TypeError: type str doesn't define __trunc__ method
        math.fabs(-3) => 3.0
        math.fmod(-7, 3) => -1.0
        math.fmod(7, -3.5) => 0.0
        math.fmod(1, 0) => ValueError: math domain error
        math.fmod(math.inf, 1) => ValueError: math domain error
        math.fmod(1, math.inf) => 1.0
        math.remainder(7, 4) => -1.0
        math.remainder(-5, 3) => 1.0
        math.remainder(1, 0) => ValueError: math domain error
        math.modf(3.25) => [0.25, 3.0]
        math.modf(-3.25) => [-0.25, -3.0]
        math.modf(math.inf) => [0.0, inf]
        math.modf(-0.0) => [-0.0, -0.0]
        math.frexp(8.5) => [0.53125, 4]
        math.frexp(0) => [0.0, 0]
        math.frexp(math.inf) => [inf, 0]
        math.frexp(5e-324) => [0.5, -1073]
        math.ldexp(0.5, 4) => 8.0
        math.ldexp(1, 5000) => OverflowError: math range error
        math.ldexp(1, -5000) => 0.0
        math.ldexp(1, 1.5) => TypeError: Expected an int as second argument to ldexp.
        math.ldexp(3.0, -1074) => 1.5e-323
        math.gcd(12, 18) => 6
        math.gcd() => 0
        math.gcd(-4, 6, 8) => 2
        math.gcd(0, 0) => 0
        math.gcd(1.5, 2) => TypeError: 'float' object cannot be interpreted as an integer
        math.lcm(4, 6) => 12
        math.lcm() => 1
        math.lcm(0, 5) => 0
        math.lcm(2, 3, 5) => 30
        math.factorial(0) => 1
        math.factorial(20) => 2432902008176640000
        math.factorial(-1) => ValueError: factorial() not defined for negative values
        math.factorial(2.0) => TypeError: 'float' object cannot be interpreted as an integer
        math.comb(5, 2) => 10
        math.comb(62, 31) => 465428353255261088
        math.comb(2, 5) => 0
        math.comb(-1, 2) => ValueError: n must be a non-negative integer
        math.comb(5, -2) => ValueError: k must be a non-negative integer
        math.comb(9223372036854775807, 1) => 9223372036854775807
        math.perm(5, 2) => 20
        math.perm(5) => 120
        math.perm(2, 5) => 0
        math.perm(-1, 2) => ValueError: n must be a non-negative integer
        math.prod([1, 2, 3, 4]) => 24
        math.prod([]) => 1
        math.prod([1.5, 2]) => 3.0
        math.prod([2, 3], #{start: 10}) => 60
        math.fsum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) => 1.0
        math.fsum([1e100, 1.0, -1e100]) => 1.0
        math.fsum([1, 1e-16, 1e-16, 2e-16]) => 1.0000000000000004
        math.fsum([math.inf, 1]) => inf
        math.fsum([math.inf, -math.inf]) => ValueError: -inf + inf in fsum
        math.fsum([math.inf, math.nan]) => nan
        math.fsum([1e308, 1e308]) => OverflowError: intermediate overflow in fsum
        math.fsum(["a"]) => TypeError: must be real number, not str
        math.fsum([]) => 0.0
        math.copysign(3, -0.0) => -3.0
        math.isnan(math.nan) => True
        math.isnan(1) => False
        math.isinf(-math.inf) => True
        math.isfinite(1e308) => True
        math.isfinite("x") => TypeError: must be real number, not str
        math.isclose(1.0, 1.0000000001) => True
        math.isclose(1, 1.1, #{rel_tol: 0.2}) => True
        math.isclose(0, 1e-10, #{abs_tol: 1e-9}) => True
        math.isclose(1, 2, #{rel_tol: -1}) => ValueError: tolerances must be non-negative
        math.isclose(math.inf, math.inf) => True
        math.cbrt(-8) => -2.0
        math.gamma(5) => 24.0
        math.gamma(0.5) => 1.7724538509055159
        math.gamma(-1) => ValueError: math domain error
        math.gamma(0) => ValueError: math domain error
        math.gamma(172) => OverflowError: math range error
        math.gamma(-math.inf) => ValueError: math domain error
        math.lgamma(-1) => ValueError: math domain error
        math.lgamma(-math.inf) => inf
        math.lgamma(1e308) => OverflowError: math range error
        math.erf(0.5) => 0.5204998778130465
        math.erf(math.inf) => 1.0
        math.erfc(0.5) => 0.4795001221869535
        math.erfc(30) => 0.0
        math.nextafter(1, 2) => 1.0000000000000002
        math.ulp(1) => 2.220446049250313e-16
        math.ulp(math.inf) => inf
        "#;

#[test]
fn functions_give_what_python_gives() {
    gives("", TABLE);
}

#[test]
fn integers_beyond_64_bits_are_errors() {
    prints(
        r#"
        print(error_of(|| math.factorial(21)));
        print(error_of(|| math.factorial(9223372036854775807)));
        print(error_of(|| math.comb(67, 33)));
        print(math.comb(66, 33), math.comb(9223372036854775807, 9223372036854775806));
        print(error_of(|| math.perm(9223372036854775807, 2)));
        print(error_of(|| math.lcm(4611686018427387904, 3, 5)));
        print(error_of(|| math.gcd(-9223372036854775807 - 1)));
        print(error_of(|| math.prod([4611686018427387904, 2])));
        print(error_of(|| math.floor(1e19)));
        "#,
        "
        OverflowError: factorial(21) does not fit in a 64-bit integer
        OverflowError: factorial(9223372036854775807) does not fit in a 64-bit integer
        OverflowError: comb(67, 33) does not fit in a 64-bit integer
        7219428434016265740 9223372036854775807
        OverflowError: perm(9223372036854775807, 2) does not fit in a 64-bit integer
        OverflowError: the result of lcm() does not fit in a 64-bit integer
        OverflowError: the result of gcd() does not fit in a 64-bit integer
        OverflowError: the integer 9223372036854775808 does not fit in 64 bits
        OverflowError: the integer 10000000000000000000 does not fit in 64 bits
        ",
    );
}

#[test]
fn loops_with_functions_of_the_module_are_compiled() {
    let code = "
        let total = 0.0;
        for i in range(3000) {
            let x = i * 0.001;
            total += math.sqrt(x) * math.sin(math.pi * x) + math.floor(x) + math.exp(-x) + math.log(i + 1) + math.fabs(-1);
        }
        print(\"%.9f\" % total);
        fn far(x) { let n = 0; for i in range(100) { n += math.ceil(x + i); } n }
        for round in range(30) { far(0.5); }
        print(far(1.5), far(2));
        fn root(x) { let y = 0.0; for i in range(100) { y = math.sqrt(x - i); } y }
        for round in range(30) { root(100.0); }
        try { root(50.0); } catch (e) { print(e.type, e.message); }
        try { let x = 1.0; for i in range(3000) { x = math.exp(x); } } catch (e) { print(e.type, e.message); }
        try { let n = 0; for i in range(3000) { n = math.floor(1e18 * i); } } catch (e) { print(e.type); }
        print(import_twice());
        fn import_twice() { let math = #{ pi: 3 }; let n = 0; for i in range(3000) { n += math.pi; } n }
    ";
    prints_in_every_mode(
        code,
        "
        28640.075826410
        5150 5150
        ValueError math domain error
        OverflowError math range error
        OverflowError
        9000
        ",
    );
    let explained = Script::text(
        "let t = 0.0; for i in range(100000) { t += math.sqrt(i) + math.pi; } print(t > 0);",
    );
    let output = explained.option("--explain-compile").run();
    assert!(output.stderr.contains("compiled"), "{}", output.stderr);
}

#[test]
fn a_module_of_the_program_may_have_the_name() {
    let script = Script::text(
        "
        import \"mine\" as math;
        let n = 0;
        for i in range(3000) { n += math::sqrt(4.0); }
        print(n);
        ",
    );
    let by = "PROCSCRIPT_COMPILE=at-once exec \"$@\"";
    let run = script
        .beside("mine.rhai", "fn sqrt(x) { 7 }")
        .through_shell(by)
        .run();
    run.assert(0, "21000\n", "");
}
