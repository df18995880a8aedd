"""A person's module with variables of its own, which others read and write."""

calls = 0
settings = {"step": 2, "log": []}


def count():
    global calls
    calls += settings["step"]
    settings["log"].append(calls)
    return calls
