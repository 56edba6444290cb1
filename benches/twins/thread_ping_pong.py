import queue, sys, threading, time

def echo(there, back):
    while True:
        i = there.get()
        if i is None:
            break
        back.put(i)

count = int(sys.argv[1])
there = queue.Queue()
back = queue.Queue()
t = threading.Thread(target=echo, args=(there, back))
t.start()
begin = time.perf_counter()
for i in range(count):
    there.put(i)
    back.get()
print(2 * count / (time.perf_counter() - begin))
there.put(None)
t.join()
