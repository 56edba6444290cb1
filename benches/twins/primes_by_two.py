import sys, time
from multiprocessing import Pool

def count_primes(span):
    count = 0
    for i in range(*span):
        is_prime = i > 1
        j = 2
        while j * j <= i:
            if i % j == 0:
                is_prime = False
                break
            j += 1
        if is_prime:
            count += 1
    return count

if __name__ == "__main__":
    n = int(sys.argv[1])
    begin = time.perf_counter()
    step = 20000
    spans = [(at, min(at + step, n)) for at in range(0, n, step)]
    with Pool(2) as pool:
        total = sum(pool.map(count_primes, spans, chunksize=1))
    print((time.perf_counter() - begin) * 1e3)
    if len(sys.argv) > 2:
        print(total)
