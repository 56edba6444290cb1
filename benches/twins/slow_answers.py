import multiprocessing, sys, time

def answer(c, seconds, count):
    for i in range(count):
        c.recv()
        time.sleep(seconds)
        c.send(i)
    c.send(time.process_time())

if __name__ == "__main__":
    seconds, count = float(sys.argv[1]), int(sys.argv[2])
    c, theirs = multiprocessing.Pipe()
    p = multiprocessing.Process(target=answer, args=(theirs, seconds, count))
    p.start()
    begin = time.perf_counter()
    used = time.process_time()
    for i in range(count):
        c.send(i)
        c.recv()
    used = time.process_time() - used + c.recv()
    print(100 * used / (time.perf_counter() - begin))
    p.join()
