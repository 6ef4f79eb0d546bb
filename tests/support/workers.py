"""Workers in processes of their own, and a killer: `python -m tests.support.workers KILLS SECONDS COPIES`.

The parent loads the program once; each worker is a fork of it that builds the desk from its settings and runs as
`helpdesk worker` does. KILLS times they are ended with SIGKILL at a random moment, at their start too; the last ones
run on until a line arrives on standard input, and end in order.
"""

import os
import random
import signal
import sys
import threading
import time
import traceback
from types import FrameType

from bot import logs
from bot.app import build
from bot.settings import load
from bot.worker import Worker


def child(ready: int) -> None:
    """Run one worker until it is told to stop, or killed; close `ready` when it works."""
    done = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        done.set()

    signal.signal(signal.SIGTERM, stop)
    services = build(load())
    worker = Worker(services)
    worker.start()
    os.close(ready)
    done.wait()
    worker.stop()
    services.pool.shutdown(wait=True)
    services.engine.dispose()


def fork() -> tuple[int, int]:
    """Return the process of a new worker, and what to read from to wait until it works."""
    waits, ready = os.pipe()
    number = os.fork()
    if number:
        os.close(ready)
        return number, waits
    os.close(waits)
    failed = 1
    try:
        child(ready)
        failed = 0
    finally:
        if failed:
            traceback.print_exc()
        os._exit(failed)


def main(kills: int, seconds: float, copies: int) -> None:
    """Start, kill, start again; say `killed N` after each, `steady` when the last ones work."""
    logs.configure("error", "text")
    rng = random.Random(5)
    running = [fork() for _ in range(copies)]
    for number in range(kills):
        time.sleep(seconds * (0.2 + rng.random()))
        for process, waits in running:
            os.kill(process, signal.SIGKILL)
            os.close(waits)
        for process, _ in running:
            os.waitpid(process, 0)
        print(f"killed {number + 1}", flush=True)
        running = [fork() for _ in range(copies)]
    for _, waits in running:
        os.read(waits, 1)
    print("steady", flush=True)
    sys.stdin.readline()
    for process, _ in running:
        os.kill(process, signal.SIGTERM)
    for process, _ in running:
        os.waitpid(process, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
