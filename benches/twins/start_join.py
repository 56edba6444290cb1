import multiprocessing, sys, time


def nothing():
    pass


def start_and_join(count):
    for i in range(count):
        p = multiprocessing.Process(target=nothing)
        p.start()
        p.join()


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[2])
    count = int(sys.argv[1])
    megabytes = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    held = ["x" * 1000000 for i in range(megabytes)]
    start_and_join(2)
    begin = time.perf_counter()
    start_and_join(count)
    print((time.perf_counter() - begin) / count * 1e6)
