import queue, sys, threading, time

def produce(q, count):
    for i in range(count):
        q.put(i)

count = int(sys.argv[1])
q = queue.Queue(100)
t = threading.Thread(target=produce, args=(q, count))
begin = time.perf_counter()
t.start()
for i in range(count):
    q.get()
print(count / (time.perf_counter() - begin))
t.join()
