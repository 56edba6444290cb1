import sys, time
from multiprocessing import Pool

def plus_one(n):
    return n + 1

def length(data):
    return len(data)

def run(pool, form, items):
    if form == "imap":
        total = 0
        for result in pool.imap(plus_one, items, 1):
            total += result
        return total
    if form == "map":
        return sum(pool.map(plus_one, items))
    if form == "map_async":
        return sum(pool.map_async(plus_one, items).get())
    return sum(pool.map(length, items))

def blobs(count):
    return [bytes([i % 256]) * 1048576 for i in range(count)]

if __name__ == "__main__":
    form, count = sys.argv[1], int(sys.argv[2])
    are_blobs = form.startswith("blobs")
    items = blobs(count) if are_blobs else list(range(count))
    expected = count * 1048576 if are_blobs else count * (count + 1) // 2
    with Pool(2) as pool:
        pool.map(plus_one, range(100))
        if form == "blobs_again":
            run(pool, form, items)
        begin = time.perf_counter()
        result = run(pool, form, items)
        seconds = time.perf_counter() - begin
        assert result == expected, result
        print(count / seconds)
