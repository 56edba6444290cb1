import multiprocessing, sys, time

def echo(there, back):
    while True:
        i = there.get()
        if i is None:
            break
        back.put(i)

if __name__ == "__main__":
    count = int(sys.argv[1])
    there, back = multiprocessing.Queue(), multiprocessing.Queue()
    p = multiprocessing.Process(target=echo, args=(there, back))
    p.start()
    there.put(0)
    back.get()
    begin = time.perf_counter()
    for i in range(count):
        there.put(i)
        back.get()
    print(count / (time.perf_counter() - begin))
    there.put(None)
    p.join()
