import multiprocessing, sys, time
from multiprocessing import Manager, Pipe, Process, Queue

def nothing():
    pass

def echo(end):
    while True:
        message = end.recv()
        if message is None:
            break
        end.send(message)

def start_and_join(n):
    begin = time.perf_counter()
    children = []
    for i in range(n):
        child = Process(target=nothing)
        child.start()
        children.append(child)
    for child in children:
        child.join()
    return time.perf_counter() - begin

def send_and_receive(size):
    mine, theirs = Pipe()
    child = Process(target=echo, args=(theirs,))
    child.start()
    theirs.close()
    message = bytes(size)
    mine.send(message)
    mine.recv()
    times = 20 if size > 100000 else 1000
    begin = time.perf_counter()
    for i in range(times):
        mine.send(message)
        mine.recv()
    elapsed = (time.perf_counter() - begin) / times
    mine.send(None)
    child.join()
    return elapsed

def fill_and_empty(n):
    queue = Queue()
    begin = time.perf_counter()
    for i in range(n):
        queue.put(i)
    for i in range(n):
        queue.get()
    return time.perf_counter() - begin

def fill_dict(n):
    with Manager() as manager:
        shared = manager.dict()
        begin = time.perf_counter()
        for i in range(n):
            shared[i] = i
        return time.perf_counter() - begin

KINDS = {
    "processes": start_and_join,
    "message": send_and_receive,
    "queue": fill_and_empty,
    "dict": fill_dict,
}

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    print(KINDS[sys.argv[1]](int(sys.argv[2])) * 1e6)
