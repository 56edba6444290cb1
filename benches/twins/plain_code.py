import multiprocessing, sys, time


def appends(count):
    items = []
    for i in range(count):
        items.append(i * 2)
    return len(items)


def dict_write(count):
    d = {}
    for i in range(count):
        d["k%d" % (i % 1000)] = i
    return len(d)


def dict_read(count):
    d = {}
    for i in range(1000):
        d["k%d" % i] = i
    sum = 0
    for i in range(count):
        sum += d["k%d" % (i % 1000)]
    return sum


def text(count):
    text = ""
    for i in range(count):
        text += "item " + str(i) + ", "
    return len(text)


def lock_pair(count):
    lock = multiprocessing.Lock()
    for i in range(count):
        lock.acquire()
        lock.release()


def greeting(name, mark):
    if name == "":
        return "nobody" + mark
    return "hello " + name + mark


def call_text(count):
    greeted = 0
    for i in range(count):
        greeted += len(greeting("world", "!"))
    return greeted


def sort_ints(count):
    items = []
    for i in range(count):
        items.append(i * 7919 % 100003)
    begin = time.perf_counter()
    sorted(items)
    return time.perf_counter() - begin


def map_filter(count):
    items = list(range(count))
    begin = time.perf_counter()
    kept = list(filter(lambda x: x % 2 == 0, map(lambda x: x * 3 + 1, items)))
    return time.perf_counter() - begin


if __name__ == "__main__":
    name, count = sys.argv[1], int(sys.argv[2])
    begin = time.perf_counter()
    result = globals()[name](count)
    elapsed = time.perf_counter() - begin
    if name in ("sort_ints", "map_filter"):
        # Without making the list.
        elapsed = result
    print(elapsed / count * 1e9)
