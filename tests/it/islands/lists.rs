//! Lists that are read, written and appended to.

use super::each_same;

#[test]
fn lists_are_what_they_would_be() {
    each_same(
        "let n = 500; let flags = [true] * (n + 1); let i = 2; while i * i <= n { if flags[i] { for j in range(i * i, n + 1, i) { flags[j] = false; } } i += 1; } let c = 0; for i in 2..=n { if flags[i] { c += 1; } } print(c, flags.len());

let xs = [3, 1, 2]; let s = 0; for x in xs { s += x; xs[0] = 9; } print(s, xs); for i in range(len(xs)) { xs[i] += i; xs[-1] = i; } print(xs);

let xs = [0.5, 1.5]; for i in 0..5 { xs.push(xs[-1] + i); xs.append(0.25); } print(xs, len(xs));

let xs = [1]; for i in 0..5 { xs.append(i); if i == 3 { xs[0] = 1.5; } } print(xs);

let a = [[1, 2], [3, 4], [5, 6]]; let b = [[0, 0], [0, 0], [0, 0]]; for i in 0..3 { for j in 0..2 { b[i][j] = a[i][j] * 10 + a[-1][j]; b[i][j] -= 1; } } print(b, a); let t = 0; for i in 0..a.len() { t += a[i].len(); } print(t);

let a = [[1.0, 2.0], [3.0]]; let s = 0.0; for row in a { for x in row { s += x; } } print(s); for i in 0..2 { for j in 0..a[i].len { a[i][j] *= 2; } } print(a);

let xs = [1, 2, 3]; let i = 0; try { while true { xs[i] = i; i += 1; } } catch (e) { print(e); } print(xs, i);

let xs = [1, 2]; let s = 0; for i in 0..10 { try { s += xs[i]; } catch (e) { s += 100; } } print(s);

fn total(xs) { let s = 0; for x in xs { s += x; } s } print(total([1, 2, 3]), total([0.5, 1.5]), total([]), total([1, 2.5]));

fn search(xs, x) { let lo = 0; let hi = len(xs); while lo < hi { let mid = (lo + hi) / 2; if xs[mid] < x { lo = mid + 1; } else { hi = mid; } } lo } let xs = list(range(0, 2000, 2)); let s = 0; for i in 0..300 { s += search(xs, i * 7); } print(s);

fn change(xs) { xs[0] = 5; for i in 0..3 { xs[i] += 1; } xs[0] } let mine = [1, 2, 3]; print(change(mine), mine);

let xs = [1, 2, 3]; let ys = xs; for i in 0..3 { ys[i] = 0; } print(xs, ys); const K = [1, 2]; let s = 0; for i in 0..2 { s += K[i]; } print(s);

const K = [1, 2]; try { for i in 0..2 { K[i] = 5; } } catch (e) { print(e) } try { for i in 0..2 { K.push(5); } } catch (e) { print(e) } print(K);

let xs = [1, \"a\", 3]; let n = 0; for x in xs { n += 1; } for i in 0..3 { if i != 1 { n += xs[i]; } } print(n);

let p = [0]; for i in 0..1000 { p.push(p[-1] + i); } print(p[-1], p.len(), p[1..4]);",
    );
}

#[test]
fn lists_that_are_made_are_what_they_would_be() {
    each_same(
        "fn first(p) { let rows = [p + p, 2 * p]; rows[0].len() } fn last(p) { let rows = [[1.5] * 3, p + p]; let n = rows[-1].len(); n } for i in 0..30 { print(first([0.5, 1.5]), last([i])); }

fn sieve(n) { let flags = [true] * (n + 1); let i = 2; while i * i <= n { if flags[i] { for j in range(i * i, n + 1, i) { flags[j] = false; } } i += 1; } let ps = []; for i in range(2, n + 1) { if flags[i] { ps.append(i); } } ps } print(sieve(100), len(sieve(5000)));

fn product(a, b) { let c = []; for i in range(len(a)) { let row = [0.0] * len(b[0]); for j in range(len(row)) { for k in range(len(b)) { row[j] += a[i][k] * b[k][j]; } } c.append(row); } c } let a = [[1.0, 2.0], [3.0, 4.0]]; for i in 0..5 { a = product(a, [[0.0, 1.0], [1.0, 0.5]]); } print(a);

fn halves(x) { let xs = []; while x > 0.1 { xs.append(x); x = x / 2; } xs } print(halves(5.0), halves(0.0)); let total = 0.0; for i in 0..50 { for x in halves(float(i)) { total += x; } } print(total);

fn sorted_copy(xs) { for i in range(len(xs)) { for j in range(i + 1, len(xs)) { if xs[j] < xs[i] { let t = xs[i]; xs[i] = xs[j]; xs[j] = t; } } } xs } let xs = [5, 2, 9, 1]; print(sorted_copy(xs), xs, sorted_copy([0.5, 0.25]));

fn triangle(n) { let rows = []; let row = [1]; for i in range(n) { rows.append(row); let next = [1]; for k in range(len(row) - 1) { next.append(row[k] + row[k + 1]); } next.append(1); row = next; } rows } print(triangle(5)); let s = 0; for row in triangle(20) { for x in row { s += x; } } print(s);

fn f(n) { let a = [1, 2]; let b = a; b[0] = n; a.append(n); let c = a + b * 2; c[-1] = 7; [a, b, c, [], [n] * 2] } print(f(5)); for i in 0..30 { f(i); } print(f(6));

fn table(n) { let t = [[0] * n] * n; for i in range(n) { for j in range(n) { t[i][j] = i * j; } } t } print(table(4)); let t = table(3); t[0][0] = 5; print(t, table(3));

fn g(n) { let xs = [1.5]; xs.append(n); xs } print(g(1), g(2.5)); for i in 0..30 { g(i); } print(g(3));

fn h(xs) { if len(xs) == 0 { return []; } let ys = []; for x in xs { ys.append(x * 2.0); } ys } print(h([]), h([1.5]), h([1])); for i in 0..30 { h([0.5, i]); } print(h([1.5, 2.5]));

let rows = []; for i in 0..200 { let row = []; for j in 0..i % 4 { row.append(j); } rows.append(row); } print(rows[0], rows[7], len(rows)); let n = 0; for row in rows { n += len(row); } print(n);

let rows = [[1]]; try { for i in 0..100 { rows.append([i, 100 / (50 - i)]); rows[0][0] += 1; } } catch (e) { print(e); } print(len(rows), rows[0], rows[-1]);

fn grow(xs, n) { if n == 0 { return xs; } xs.append(n); grow(xs, n - 1) } let xs = [0]; print(grow(xs, 5), xs); for i in 0..30 { grow(xs, 20); } print(len(grow(xs, 30)));

fn bad(n) { let xs = [0] * n; xs[n] } try { bad(3); } catch (e) { print(e); } for i in 0..30 { try { bad(i); } catch (e) { } } try { bad(7) } catch (e) { print(e); }

fn r(n) { let xs = [random.random()] * n; for i in range(n) { xs[i] += random.random(); } xs } random.seed(7); print(r(3)); for i in 0..30 { r(2); } print(r(3), random.random());

const N = 4; fn k(n) { const XS = [1, 2]; let ys = XS; ys[0] = n; ys + XS } print(k(N)); for i in 0..30 { k(i); } print(k(9)); fn bad(n) { const XS = [1]; XS.append(n); XS } for i in 0..30 { try { bad(i); } catch (e) { if i == 29 { print(e); } } }

let out = []; for w in [\"a\", \"b\"] { out.append([w, 1]); } print(out); fn pair(a, b) { [a, b, 0] } for i in 0..30 { pair(i, \"x\"); } print(pair(1, 2), pair(1, \"x\"), pair(1, 0.5));

fn m(a, b) { let x = max(a, b); let y = min(a, b); [x, y, float(round(a * 2)), round(b) * 1.0] } for i in 0..30 { m(0.5, i * 0.5); } print(m(2.5, -1.25), m(0.0 / 0.0, 1.0), m(1.25, 0.0 / 1.0)); try { m(1e300, 2.0); } catch (e) { print(e); }",
    );
}
