import random, sys, time

def primes(n):
    count = 0
    for i in range(2, n):
        is_prime = True
        j = 2
        while j * j <= i:
            if i % j == 0:
                is_prime = False
                break
            j += 1
        if is_prime:
            count += 1
    return count

def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

def collatz(n):
    longest = 0
    for i in range(1, n):
        x = i
        steps = 0
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest

def nested_sums(n):
    total = 0
    for i in range(n):
        for j in range(n):
            total += i * j
    return total

def monte_carlo(n):
    inside = 0
    for i in range(n):
        x = random.random()
        y = random.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n

def mandelbrot(width):
    total = 0
    for y in range(width):
        for x in range(width):
            cr = 3.0 * x / width - 2.0
            ci = 2.0 * y / width - 1.0
            zr = 0.0
            zi = 0.0
            k = 0
            while k < 100 and zr * zr + zi * zi <= 4.0:
                t = zr * zr - zi * zi + cr
                zi = 2.0 * zr * zi + ci
                zr = t
                k += 1
            total += k
    return total

def sieve(n):
    flags = [True] * (n + 1)
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
        i += 1
    count = 0
    for i in range(2, n + 1):
        if flags[i]:
            count += 1
    return count

def matrix(n):
    a = []
    b = []
    for i in range(n):
        a.append([0.0] * n)
        b.append([0.0] * n)
        for j in range(n):
            a[i][j] = float(i + j)
            b[i][j] = float(i - j)
    c = []
    for i in range(n):
        row = [0.0] * n
        for j in range(n):
            sum = 0.0
            for k in range(n):
                sum += a[i][k] * b[k][j]
            row[j] = sum
        c.append(row)
    return c[n // 2][n // 3]

if __name__ == "__main__":
    task = globals()[sys.argv[1]]
    size = int(sys.argv[2])
    begin = time.perf_counter()
    result = task(size)
    print((time.perf_counter() - begin) * 1e3)
    if len(sys.argv) > 3:
        print(result)
