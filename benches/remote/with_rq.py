"""Jobs that do nothing by RQ: JOBS WORKERS, with the server in BENCH_URL. Prints the seconds that they take with their results, and the median of round trips."""

import os
import statistics
import subprocess
import sys
import time

from redis import Redis
from rq import Queue


def nothing(x):
    return x


if __name__ == "__main__":
    import with_rq

    url, jobs, count = os.environ["BENCH_URL"], int(sys.argv[1]), int(sys.argv[2])
    queue = Queue(connection=Redis.from_url(url))
    code = ("import sys; from redis import Redis; from rq import Queue, SimpleWorker; c = Redis.from_url(sys.argv[1]); "
            "SimpleWorker([Queue(connection=c)], connection=c).work(logging_level='ERROR')")
    workers = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        for _ in range(2 * count):
            first = queue.enqueue(with_rq.nothing, 0)
            while first.return_value(refresh=True) is None:
                time.sleep(0.001)
        began = time.perf_counter()
        all_jobs = [queue.enqueue(with_rq.nothing, i) for i in range(jobs)]
        for job in all_jobs:
            while job.return_value(refresh=True) is None:
                time.sleep(0.001)
        seconds = time.perf_counter() - began
        times = []
        for i in range(100):
            begin = time.perf_counter()
            job = queue.enqueue(with_rq.nothing, i)
            while job.return_value(refresh=True) is None:
                time.sleep(0.0005)
            times.append(time.perf_counter() - begin)
        print(seconds, statistics.median(times))
    finally:
        for worker in workers:
            worker.kill()
