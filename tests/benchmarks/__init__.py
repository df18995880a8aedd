"""Side-by-side measurements: `python -m tests.benchmarks` prints the tables that the README quotes.

`python -m tests.benchmarks xor moons` runs some sections only. A workload is a table of engines: for each
a function that makes its step. Before anything is timed, every engine's answer is compared with the first
one's. Then they take turns, round by round, so that all see the same machine; quoted are medians, and
ratios within a round. Nothing is asserted about time. All compute with 64 bits, and with one thread for
linear algebra. The extra `bench` installs the peers; one that is missing is left out. `--former PATH`
measures another checkout of this package beside this one.

    timing.py     how steps are compared and timed
    report.py     how that becomes Markdown, and sentences about who is faster
    peers.py      which other engines are installed
    ours.py       this engine, in all the ways in which it runs
    former.py     the build before, in a process of its own
    sections.py   which workloads there are
    xor.py, networks.py, tiny.py, microgpt.py, hessians.py     the workloads
    epochs.py, two_layers.py     those of arrays: training in batches, a loss that a person wrote in NumPy
    recurrent.py, lstm.py, sequences.py      those over time
    cnn.py                       one of convolutions
    gpt.py                       a demo, compiling included, beside the engine of what it follows
    ready.py      processor time and memory until a Program is ready
    growth.py, startup.py     what depends on size, and what is paid before the first number
"""
