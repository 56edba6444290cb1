"""How soon the work of a process and of a machine that died is with somebody else."""

import os
import signal
import statistics
import subprocess
import tempfile
import time

# Seconds without a sign of life after which a machine counts as dead.
LEASE = 3.0

MACHINES = 5


def of_processes(begin, server, pool):
    """A worker of a pool is killed: the keeper tells the server."""
    worker = begin(server, 2)
    times = []
    for _ in range(20):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "pid")
            submit = subprocess.Popen([*pool, server.url, "hold", path], stdout=subprocess.PIPE, text=True)
            while not (os.path.exists(path) and open(path).read().endswith("\n")):
                time.sleep(0.005)
            began = time.time()
            os.kill(int(open(path).read()), signal.SIGKILL)
            times.append(float(submit.communicate()[0].split("=")[1]) - began)
        time.sleep(0.5)
    worker.terminate()
    worker.wait()
    print(f"pool: a task of a killed worker is begun again after {statistics.median(times) * 1e3:.1f} ms (median), "
          f"{max(times) * 1e3:.1f} ms (worst of {len(times)})", flush=True)


def keeper_of(pid):
    """The child of a process that shows the server that it lives."""
    for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
        words = open(f"/proc/{child}/cmdline", "rb").read().split(b"\0")
        if words[2:3] == [b"keeper"]:
            return int(child)
    raise RuntimeError(f"process {pid} has no keeper")


def of_machines(server, hold):
    """A process and its keeper are stopped, as if their machine were gone: nobody tells the server, so the lease has to end."""
    pairs = []
    for number in range(MACHINES):
        words = [*hold, server.url, f"machine{number}", str(LEASE)]
        holder = subprocess.Popen([*words, "put"], stdout=subprocess.PIPE, text=True)
        holder.stdout.readline()
        heir = subprocess.Popen([*words, "wait"], stdout=subprocess.PIPE, text=True)
        heir.stdout.readline()
        pairs.append((holder, heir))
    # Their keepers have seen each other.
    time.sleep(2 * LEASE)
    stopped = []
    for holder, _ in pairs:
        both = [keeper_of(holder.pid), holder.pid]
        for pid in both:
            os.kill(pid, signal.SIGSTOP)
        stopped.append((time.time(), both))
    times = [float(heir.stdout.readline().split("=")[1]) - began for (_, heir), (began, _) in zip(pairs, stopped)]
    for (holder, heir), (_, both) in zip(pairs, stopped):
        for pid in both:
            os.kill(pid, signal.SIGKILL)
        holder.wait()
        heir.wait()
    print(f"queue: an item of a machine that died is with another one {statistics.median(times):.1f} s (median), {max(times):.1f} s (worst of "
          f"{len(times)}) later, with a lease of {LEASE:g} s", flush=True)
