import subprocess, sys, time


def run(count):
    for i in range(count):
        subprocess.run(["true"])


count = int(sys.argv[1])
megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 0
held = ["x" * 1000000 for i in range(megabytes)]
run(2)
begin = time.perf_counter()
run(count)
print((time.perf_counter() - begin) / count * 1e6)
