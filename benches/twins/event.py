import multiprocessing, sys, time

def answer(ask, reply, count):
    for i in range(count):
        ask.wait()
        ask.clear()
        reply.set()

if __name__ == "__main__":
    count = int(sys.argv[1])
    ask, reply = multiprocessing.Event(), multiprocessing.Event()
    p = multiprocessing.Process(target=answer, args=(ask, reply, count))
    p.start()
    ask.set()
    reply.wait()
    reply.clear()
    begin = time.perf_counter()
    for i in range(count - 1):
        ask.set()
        reply.wait()
        reply.clear()
    print((count - 1) / (time.perf_counter() - begin))
    p.join()
