"""Workers that wait to be killed: the first of them says which one it is in a file, its sign."""

import os
import threading
import time
from pathlib import Path

LONG = 60.0  # seconds that nobody waits to their end


def wait_to_be_killed(sign):
    """Wait in a worker to be killed, unless another one does so or did."""
    draft = Path(f"{sign}-{os.getpid()}")
    draft.write_text(str(os.getpid()))
    try:
        os.link(draft, sign)  # unlike a look whether it is there, one step
    except FileExistsError:
        return
    time.sleep(LONG)


def when_there(sign, work):
    """Do some work in a thread with what is in a file, once it is there."""

    def wait():
        end = time.monotonic() + LONG
        while not sign.exists() and time.monotonic() < end:
            time.sleep(0.01)
        work(sign.read_text())

    thread = threading.Thread(target=wait)
    thread.start()
    return thread
