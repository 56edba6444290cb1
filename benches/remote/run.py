"""Pools and queues on a server, beside RQ and Celery where pip can install them into a temporary environment.

    python3 benches/remote/run.py [PROCSCRIPT] [--jobs N] [--only PART]... [--server PROGRAM]

The parts are:
pools     jobs per second end to end with one and with two workers, the server's time for a job, the time of a round trip
queues    items of a queue by batches
process   how soon a task is with another worker when its worker was killed
machine   … and when the whole machine is silent
members   how the server's time grows with the members of a queue
items     … and with the items that wait in it
rq        the jobs of `pools` by RQ
celery    … and by Celery

The server is started for it, on a spare port of the loopback address. All parts together take less than five minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import deaths
import growth
from server import Server, Spent, ours, theirs

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ["pools", "queues", "process", "machine", "members", "items", "rq", "celery"]


def path(name):
    return os.path.join(HERE, name)


def script(name, *args):
    done = subprocess.run([PROGRAM, path(name), *map(str, args)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.stderr}")
    return dict(line.split("=") for line in done.stdout.split())


def workers(server, count):
    words = [PROGRAM, "worker", server.url, path("pool.rhai"), "--processes", str(count)]
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


def queues(server, items):
    for batch in (1, 16, 256):
        total = items if batch == 1 else items * 4
        for what in ("put", "get"):
            spent = Spent(server, ours)
            seconds = float(script("queue.rhai", server.url, what, total, batch)["seconds"])
            print(f"queue, {what}, batches of {batch}: {total / seconds:,.0f} items/s, {spent.for_each(total)} an item", flush=True)


def installed(package, directory):
    """The Python of the temporary environment, with a package in it; nothing where it cannot be had."""
    python = os.path.join(directory, "venv", "bin", "python")
    made = True
    if not os.path.exists(python):
        made = subprocess.run([sys.executable, "-m", "venv", os.path.join(directory, "venv")], check=False).returncode == 0
    if made and subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=False).returncode == 0:
        return python
    print(f"{package} cannot be installed here", flush=True)
    return None


def peer(server, name, package, jobs, directory):
    """The same jobs by a peer."""
    python = installed(package, directory)
    for count in (1, 2) if python else ():
        server.ask("FLUSHALL")
        spent = Spent(server, theirs)
        words = [python, path(f"with_{name.lower()}.py"), str(jobs), str(count)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=HERE, env={**os.environ, "BENCH_URL": server.url})
        if done.returncode != 0:
            sys.exit(done.stderr)
        seconds, trip = (float(number) for number in done.stdout.split()[-2:])
        # The round trips are jobs too.
        print(f"{name}, {count} workers: {jobs / seconds:,.0f} jobs/s, {spent.for_each(jobs + 100 + 2 * count)} a job, "
              f"round trip {trip * 1e6:,.0f} µs", flush=True)


def run(part, server, jobs, directory):
    match part:
        case "pools":
            pools(server, jobs)
        case "queues":
            queues(server, jobs)
        case "process":
            deaths.of_processes(workers, server, [PROGRAM, path("pool.rhai")])
        case "machine":
            deaths.of_machines(server, [PROGRAM, path("hold.rhai")])
        case "members":
            growth.of_members(server, script, [PROGRAM, path("hold.rhai")])
        case "items":
            growth.of_items(server, script)
        case "rq":
            peer(server, "RQ", "rq", jobs // 5, directory)
        case "celery":
            peer(server, "Celery", "celery[redis]", jobs // 5, directory)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default="target/release/procscript")
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help="this part alone, or several")
    parser.add_argument("--server", default="redis-server", help="redis-server or valkey-server, as a command or a path")
    given = parser.parse_args()
    PROGRAM = os.path.abspath(given.program)
    with tempfile.TemporaryDirectory() as directory:
        server = Server(given.server, directory)
        try:
            print("load:", os.getloadavg(), flush=True)
            for part in given.only or PARTS:
                server.ask("FLUSHALL")
                run(part, server, given.jobs, directory)
        finally:
            server.end()
