//! The tasks of `compute.rhai` in Rust. `benches/compute.rs` compiles this with `rustc -O -C overflow-checks=yes`.

use std::hint::black_box;
use std::time::Instant;

fn primes(n: i64) -> f64 {
    let mut count = 0;
    for i in 2..n {
        let mut is_prime = true;
        let mut j = 2;
        while j * j <= i {
            if i % j == 0 {
                is_prime = false;
                break;
            }
            j += 1;
        }
        if is_prime {
            count += 1;
        }
    }
    f64::from(count)
}

fn fib(n: i64) -> i64 {
    if n < 2 {
        return n;
    }
    fib(n - 1) + fib(n - 2)
}

fn collatz(n: i64) -> f64 {
    let mut longest = 0;
    for i in 1..n {
        let mut x: i64 = i;
        let mut steps = 0;
        while x != 1 {
            if x % 2 == 0 {
                x /= 2;
            } else {
                x = 3 * x + 1;
            }
            steps += 1;
        }
        if steps > longest {
            longest = steps;
        }
    }
    f64::from(longest)
}

fn nested_sums(n: i64) -> f64 {
    let mut total: i64 = 0;
    for i in 0..n {
        for j in 0..n {
            // Without this the compiler finds a formula for the sum.
            total += black_box(i) * j;
        }
    }
    total as f64
}

/// xoshiro256++, as the scripts' stream.
struct Random([u64; 4]);

impl Random {
    fn unit(&mut self) -> f64 {
        let s = &mut self.0;
        let word = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        (word >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn monte_carlo(n: i64) -> f64 {
    let mut random = Random(black_box([1, 2, 3, 4]));
    let mut inside = 0;
    for _ in 0..n {
        let x = random.unit();
        let y = random.unit();
        if x * x + y * y <= 1.0 {
            inside += 1;
        }
    }
    4.0 * f64::from(inside) / n as f64
}

fn mandelbrot(width: i64) -> f64 {
    let mut total: i64 = 0;
    for y in 0..width {
        for x in 0..width {
            let cr = 3.0 * x as f64 / width as f64 - 2.0;
            let ci = 2.0 * y as f64 / width as f64 - 1.0;
            let (mut zr, mut zi) = (0.0, 0.0);
            let mut k = 0;
            while k < 100 && zr * zr + zi * zi <= 4.0 {
                let t = zr * zr - zi * zi + cr;
                zi = 2.0 * zr * zi + ci;
                zr = t;
                k += 1;
            }
            total += k;
        }
    }
    total as f64
}

fn sieve(n: i64) -> f64 {
    let n = n as usize;
    let mut flags = vec![true; n + 1];
    let mut i = 2;
    while i * i <= n {
        if flags[i] {
            let mut j = i * i;
            while j <= n {
                flags[j] = false;
                j += i;
            }
        }
        i += 1;
    }
    let mut count = 0;
    for flag in &flags[2..] {
        if *flag {
            count += 1;
        }
    }
    f64::from(count)
}

fn matrix(n: i64) -> f64 {
    let n = n as usize;
    let cell = |f: fn(f64, f64) -> f64| -> Vec<Vec<f64>> {
        let row = |i| (0..n).map(|j| f(i as f64, j as f64)).collect();
        (0..n).map(row).collect()
    };
    let (a, b) = (cell(|i, j| i + j), cell(|i, j| i - j));
    let mut c = Vec::new();
    for i in 0..n {
        let mut row = vec![0.0; n];
        for j in 0..n {
            let mut sum = 0.0;
            for k in 0..n {
                sum += a[i][k] * b[k][j];
            }
            row[j] = sum;
        }
        c.push(row);
    }
    c[n / 2][n / 3]
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let size = black_box(words[2].parse().expect("a size"));
    let begin = Instant::now();
    let result = match words[1].as_str() {
        "primes" => primes(size),
        "fib" => fib(size) as f64,
        "collatz" => collatz(size),
        "nested_sums" => nested_sums(size),
        "monte_carlo" => monte_carlo(size),
        "mandelbrot" => mandelbrot(size),
        "sieve" => sieve(size),
        "matrix" => matrix(size),
        other => panic!("no task {other}"),
    };
    let elapsed = begin.elapsed();
    black_box(result);
    println!("{}", elapsed.as_secs_f64() * 1e3);
    if words.len() > 3 {
        println!("{result}");
    }
}
