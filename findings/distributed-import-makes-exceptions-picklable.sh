#!/usr/bin/env bash
# dask.distributed 2026.8.0, CPython 3.11: after `import distributed`, exceptions pickle in another way.
# Expected: an exception whose constructor takes other arguments than it hands to Exception can be pickled and
# not unpickled, with or without that import, as in every process pool.
# Seen: importing distributed installs tblib's reducer for all classes of exceptions that are there, the program's
# own too, and such an exception comes back whole. So a test in a process where Dask is loaded passes, and
# where it is not the same error breaks a ProcessPoolExecutor (BrokenProcessPool, seen with CPython 3.11.7).
# Instead: look at how errors are sent in a process of its own, without Dask.
# No public issue of distributed is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check distributed==2026.8.0 dask==2026.8.0 tblib==3.2.2

cat > program.py <<'PYTHON'
import pickle


class Refused(Exception):
    def __init__(self, name, number):
        super().__init__(f"{name} has no {number}")


def there_and_back():
    try:
        return repr(pickle.loads(pickle.dumps(Refused("a", 2))))
    except TypeError as fault:
        return f"TypeError: {fault}"


before = there_and_back()
import distributed

after = there_and_back()
print(f"before the import: {before}; after it: {after}; distributed {distributed.__version__}")
if not before.startswith("TypeError"):
    raise SystemExit("Not as stated: such an exception can be unpickled by itself.")
if not after.startswith("Refused("):
    raise SystemExit("Not as stated: the import changes nothing.")
PYTHON
venv/bin/python -I program.py
