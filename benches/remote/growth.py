"""How the server's time grows with the members of an object and with the items that wait in it. Members and items are made by raw commands."""

import subprocess
import time

from server import Spent, ours

# Adds members that somebody seems to have, and that are alive for an hour.
MEMBERS = """
for k = 1, ARGV[1] do
  local member = 'simulated-' .. k .. '.3600000'
  redis.call('HSET', KEYS[1], member, 1)
  redis.call('HSET', KEYS[2], member, 'simulated 1')
  redis.call('XGROUP', 'CREATECONSUMER', KEYS[3], 'g', member)
  redis.call('XGROUP', 'CREATECONSUMER', KEYS[4], 'g', member)
end
"""

# Adds copies of the first item.
ITEMS = """
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][2]
for _ = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', unpack(first)) end
redis.call('HINCRBY', KEYS[2], 'unfinished', ARGV[1])
"""


def measure(server, script, name, jobs):
    """The server's time for a put, a get and a look, in microseconds of commands."""
    words = []
    for what in ("put", "get", "look"):
        spent = Spent(server, ours)
        script("queue.rhai", server.url, what, jobs, 1, name)
        words.append(f"{what} {spent.for_each(jobs).split(',')[0].removeprefix('server ')}")
    return "; ".join(words)


def of_members(server, script, idle):
    """An item costs the same; a beat shows each member to whoever watches."""
    for members in (1, 10, 100, 1000):
        server.ask("FLUSHALL")
        script("queue.rhai", server.url, "put", 1, 1, "grows")
        keys = ["ps:{grows}:" + part for part in "misb"]
        server.ask("EVAL", MEMBERS, 4, *keys, members - 1)
        times = measure(server, script, "grows", 1000)
        # It holds an item and does nothing more, so that only its keeper speaks, and watches the others.
        server.ask("DEL", "ps:{grows}:w", "ps:{grows}:w2")
        child = subprocess.Popen([*idle, server.url, "grows", "1.0", "put"], stdout=subprocess.PIPE, text=True)
        child.stdout.readline()
        time.sleep(1)
        spent = Spent(server, lambda command: command == "evalsha")
        time.sleep(3)
        calls, taken = spent.for_each_call()
        child.kill()
        child.wait()
        print(f"queue with {members:,} members: {times}; a beat {taken:,.0f} µs (of {calls})", flush=True)


def of_items(server, script):
    server.ask("FLUSHALL")
    script("queue.rhai", server.url, "put", 1, 1, "grows")
    there, before = 1, server.memory()
    for items in (100, 10_000, 1_000_000):
        while there < items:
            more = min(items - there, 20_000)
            server.ask("EVAL", ITEMS, 2, "ps:{grows}:s", "ps:{grows}:c", more)
            there += more
        size = (server.memory() - before) / items
        print(f"queue with {items:,} waiting items: {measure(server, script, 'grows', 1000)}; {size:.0f} bytes of memory an item", flush=True)
