import sys, threading, time

def nothing():
    pass

count = int(sys.argv[1])
begin = time.perf_counter()
for i in range(count):
    t = threading.Thread(target=nothing)
    t.start()
    t.join()
print((time.perf_counter() - begin) / count * 1e6)
