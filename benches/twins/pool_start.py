import multiprocessing, sys, time

def nothing(n):
    return n

def open_and_close():
    pool = multiprocessing.Pool(4)
    pool.map(nothing, range(4))
    pool.close()
    pool.join()

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[2])
    count = int(sys.argv[1])
    open_and_close()
    begin = time.perf_counter()
    for i in range(count):
        open_and_close()
    print((time.perf_counter() - begin) / count * 1e3)
