import multiprocessing, sys, time

if __name__ == "__main__":
    count = int(sys.argv[1])
    d = multiprocessing.Manager().dict()
    begin = time.perf_counter()
    for i in range(count):
        d["key"] = i
        value = d["key"]
    print((time.perf_counter() - begin) / count * 1e6)
