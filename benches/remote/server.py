"""A server of a benchmark's own, on a spare port of the loopback address, and what it spends."""

import re
import socket
import subprocess
import time


class Server:
    def __init__(self, program, directory):
        with socket.socket() as spare:
            spare.bind(("127.0.0.1", 0))
            self.port = spare.getsockname()[1]
        words = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes",
                 "--loglevel", "warning"]
        self.client = program.replace("-server", "-cli")
        self.child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        while self.ask("PING") != "PONG":
            time.sleep(0.02)

    def ask(self, *words):
        done = subprocess.run([self.client, "-p", str(self.port), *map(str, words)], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def commands(self, is_meant):
        """How many commands there were so far, and the microseconds that they have taken."""
        calls = taken = 0
        for line in self.ask("INFO", "commandstats").splitlines():
            found = re.match(r"cmdstat_(\S+?):calls=(\d+),usec=(\d+)", line)
            if found and is_meant(found[1]):
                calls, taken = calls + int(found[2]), taken + int(found[3])
        return calls, taken

    def processor(self):
        """The processor time of the whole server, in microseconds."""
        times = re.findall(r"used_cpu_(?:sys|user):([\d.]+)", self.ask("INFO", "cpu"))
        return sum(float(each) for each in times) * 1e6

    def memory(self):
        return int(re.search(r"used_memory:(\d+)", self.ask("INFO", "memory"))[1])

    def end(self):
        self.child.kill()
        self.child.wait()


def ours(command):
    """What procscript sends. The time of a script has that of the commands in it, which are counted as well."""
    return command in ("evalsha", "eval", "xread", "xreadgroup", "blpop", "set", "get")


def theirs(command):
    """What RQ and Celery send. The time of a transaction has that of its commands, which are counted as well."""
    return command not in ("exec", "multi", "info", "ping")


class Spent:
    """What a server spends while this is open."""

    def __init__(self, server, is_meant):
        self.server, self.is_meant = server, is_meant
        (self.calls, self.taken), self.processor = server.commands(is_meant), server.processor()

    def for_each(self, jobs):
        _, taken = self.server.commands(self.is_meant)
        processor = self.server.processor()
        return f"server {(taken - self.taken) / jobs:.1f} µs of commands, {(processor - self.processor) / jobs:.1f} µs of processor"

    def for_each_call(self):
        calls, taken = self.server.commands(self.is_meant)
        return calls - self.calls, (taken - self.taken) / max(1, calls - self.calls)
