"""Side-by-side measurements: `python -m tests.benchmarks` prints the table that the README shows.

Everything is measured in one run, engine by engine in turn, and quoted as medians with their spread;
nothing is asserted. The extra `bench` installs the peers; one that is missing is left out.
"""
