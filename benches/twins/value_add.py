import multiprocessing, sys, time

def add(v, count, ready, go):
    ready.put(1)
    go.get()
    for i in range(count):
        with v.get_lock():
            v.value += 1

if __name__ == "__main__":
    count = int(sys.argv[1])
    v = multiprocessing.Value("i", 0)
    ready, go = multiprocessing.Queue(), multiprocessing.Queue()
    ps = [multiprocessing.Process(target=add, args=(v, count, ready, go)) for i in range(2)]
    for p in ps:
        p.start()
    for p in ps:
        ready.get()
    begin = time.perf_counter()
    for p in ps:
        go.put(1)
    for p in ps:
        p.join()
    print(v.value / (time.perf_counter() - begin))
