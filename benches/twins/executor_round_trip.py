import sys, time
from concurrent.futures import ProcessPoolExecutor

def plus_one(n):
    return n + 1

if __name__ == "__main__":
    count = int(sys.argv[1])
    with ProcessPoolExecutor(1) as executor:
        for i in range(100):
            executor.submit(plus_one, i).result()
        begin = time.perf_counter()
        for i in range(count):
            executor.submit(plus_one, i).result()
        print((time.perf_counter() - begin) / count * 1e6)
