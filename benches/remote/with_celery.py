"""Tasks that do nothing by Celery: JOBS WORKERS, with the server in BENCH_URL. Prints the seconds that they take with their results, and the
median of round trips."""

import os
import statistics
import subprocess
import sys
import time

from celery import Celery

URL = os.environ["BENCH_URL"]
app = Celery("with_celery", broker=URL, backend=URL)
app.conf.broker_connection_retry_on_startup = True


@app.task(name="nothing")
def nothing(x):
    return x


if __name__ == "__main__":
    jobs, count = int(sys.argv[1]), int(sys.argv[2])
    words = [sys.executable, "-m", "celery", "-A", "with_celery", "worker", "-c", str(count), "--loglevel", "ERROR", "--without-gossip",
             "--without-mingle"]
    worker = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for i in range(2 * count):
            nothing.delay(i).get(timeout=60)
        began = time.perf_counter()
        for result in [nothing.delay(i) for i in range(jobs)]:
            result.get(timeout=120)
        seconds = time.perf_counter() - began
        times = []
        for i in range(100):
            begin = time.perf_counter()
            nothing.delay(i).get(timeout=60)
            times.append(time.perf_counter() - begin)
        print(seconds, statistics.median(times))
    finally:
        worker.terminate()
        worker.wait()
