import multiprocessing, sys, time

def produce(q, count):
    data = b"\x07" * 1048576
    for i in range(count):
        q.put(data)

if __name__ == "__main__":
    count = int(sys.argv[1])
    q = multiprocessing.Queue(8)
    p = multiprocessing.Process(target=produce, args=(q, count))
    p.start()
    q.get()
    begin = time.perf_counter()
    for i in range(count - 1):
        q.get()
    print((count - 1) / (time.perf_counter() - begin))
    p.join()
