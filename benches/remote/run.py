"""Pools and queues on a server, beside RQ where pip can install it into a temporary environment.

    python3 benches/remote/run.py [PROCSCRIPT] [--jobs N] [--no-rq]

Prints jobs per second end to end with one and two workers, the time of a round trip, the server's time for a job, items of a queue by batches,
and how soon a task is with another worker when its worker was killed. The server is started for it, on a spare port of the loopback address.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Server:
    def __init__(self, directory):
        with socket.socket() as spare:
            spare.bind(("127.0.0.1", 0))
            self.port = spare.getsockname()[1]
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", directory, "--save", "",
                 "--appendonly", "yes", "--loglevel", "warning"]
        self.child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        while self.ask("PING") != "PONG":
            time.sleep(0.02)

    def ask(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def spent(self, is_meant):
        """What commands have taken so far, and the processor time of the whole server, in microseconds."""
        total = 0
        for line in self.ask("INFO", "commandstats").splitlines():
            found = re.match(r"cmdstat_(\S+?):.*usec=(\d+)", line)
            if found and is_meant(found[1]):
                total += int(found[2])
        times = re.findall(r"used_cpu_(?:sys|user):([\d.]+)", self.ask("INFO", "cpu"))
        return total, sum(float(each) for each in times) * 1e6

    def end(self):
        self.child.kill()
        self.child.wait()


def ours(command):
    """What procscript sends. The time of a script has that of the commands in it, which are counted as well."""
    return command in ("evalsha", "eval", "xread", "xreadgroup", "blpop", "set", "get")


def theirs(command):
    """What RQ sends. The time of a transaction has that of its commands, which are counted as well."""
    return command not in ("exec", "multi", "info", "ping")


class Spent:
    """What a server spends on jobs while this is open."""

    def __init__(self, server, is_meant):
        self.server, self.is_meant = server, is_meant
        self.before = server.spent(is_meant)

    def for_each(self, jobs):
        after = self.server.spent(self.is_meant)
        commands, processor = ((now - then) / jobs for now, then in zip(after, self.before))
        return f"server {commands:.1f} µs of commands, {processor:.1f} µs of processor"


def script(name, *args):
    done = subprocess.run([PROGRAM, os.path.join(HERE, name), *map(str, args)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.stderr}")
    return dict(line.split("=") for line in done.stdout.split())


def workers(server, count):
    words = [PROGRAM, "worker", server.url, os.path.join(HERE, "pool.rhai"), "--processes", str(count)]
    child = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    child.stderr.readline()
    return child


def pools(server, jobs):
    for count in (1, 2):
        worker = workers(server, count)
        for batch in (1, 16, 256):
            total = jobs if batch == 1 else jobs * 4
            spent = Spent(server, ours)
            seconds = float(script("pool.rhai", server.url, "map", total, batch)["seconds"])
            print(f"pool, {count} workers, batches of {batch}: {total / seconds:,.0f} jobs/s, {spent.for_each(total)} a job", flush=True)
        trip = float(script("pool.rhai", server.url, "trip", 500, 1)["seconds"])
        print(f"pool, {count} workers: round trip {trip * 1e6:,.0f} µs (median)", flush=True)
        worker.terminate()
        worker.wait()
    worker = workers(server, 2)
    times = []
    for _ in range(20):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "pid")
            submit = subprocess.Popen([PROGRAM, os.path.join(HERE, "pool.rhai"), server.url, "hold", path], stdout=subprocess.PIPE, text=True)
            while not (os.path.exists(path) and open(path).read().endswith("\n")):
                time.sleep(0.005)
            began = time.time()
            os.kill(int(open(path).read()), signal.SIGKILL)
            times.append(float(submit.communicate()[0].split("=")[1]) - began)
        time.sleep(1)
    worker.terminate()
    worker.wait()
    print(f"pool: a task of a killed worker is begun again after {statistics.median(times) * 1e3:.1f} ms (median), {max(times) * 1e3:.1f} ms (worst of {len(times)})",
          flush=True)


def queues(server, items):
    for batch in (1, 16, 256):
        total = items if batch == 1 else items * 4
        for what in ("put", "get"):
            spent = Spent(server, ours)
            seconds = float(script("queue.rhai", server.url, what, total, batch)["seconds"])
            print(f"queue, {what}, batches of {batch}: {total / seconds:,.0f} items/s, {spent.for_each(total)} an item", flush=True)


def rq(server, jobs, directory):
    python = os.path.join(directory, "venv", "bin", "python")
    made = subprocess.run([sys.executable, "-m", "venv", os.path.join(directory, "venv")], check=False)
    if made.returncode == 0:
        made = subprocess.run([python, "-m", "pip", "install", "--quiet", "rq"], check=False)
    if made.returncode != 0:
        print("RQ cannot be installed here")
        return
    for count in (1, 2):
        spent = Spent(server, theirs)
        done = subprocess.run([python, os.path.join(HERE, "with_rq.py"), server.url, str(jobs), str(count)], capture_output=True, text=True,
                              check=False, cwd=HERE)
        if done.returncode != 0:
            sys.exit(done.stderr)
        seconds, trip = (float(number) for number in done.stdout.split()[-2:])
        # The round trips are jobs too.
        print(f"RQ, {count} workers: {jobs / seconds:,.0f} jobs/s, {spent.for_each(jobs + 100 + 2 * count)} a job, round trip {trip * 1e6:,.0f} µs",
              flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default="target/release/procscript")
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--no-rq", action="store_true")
    given = parser.parse_args()
    PROGRAM = os.path.abspath(given.program)
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory)
        try:
            print("load:", os.getloadavg(), flush=True)
            pools(server, given.jobs)
            queues(server, given.jobs)
            if not given.no_rq:
                rq(server, given.jobs // 5, directory)
        finally:
            server.end()
