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
