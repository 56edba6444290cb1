import multiprocessing, sys, time

def nothing():
    pass

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[2])
    count = int(sys.argv[1])
    begin = time.perf_counter()
    for i in range(count):
        p = multiprocessing.Process(target=nothing)
        p.start()
        p.join()
    print((time.perf_counter() - begin) / count * 1e6)
