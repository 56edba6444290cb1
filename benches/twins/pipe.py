import multiprocessing, sys, time

def echo(c):
    while True:
        i = c.recv()
        if i is None:
            break
        c.send(i)

if __name__ == "__main__":
    count = int(sys.argv[1])
    c, theirs = multiprocessing.Pipe()
    p = multiprocessing.Process(target=echo, args=(theirs,))
    p.start()
    theirs.close()
    c.send(0)
    c.recv()
    begin = time.perf_counter()
    for i in range(count):
        c.send(i)
        c.recv()
    print(count / (time.perf_counter() - begin))
    c.send(None)
    p.join()
