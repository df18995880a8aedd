"""Threads as small as they come."""

import threading


def in_a_small_thread(work):
    """Do `work` in a thread with a stack of 256 KB, and return what it returns."""
    answers = []
    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: answers.append(work()))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    return answers.pop()
