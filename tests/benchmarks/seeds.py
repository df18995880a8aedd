"""From how many of 1,000 seeds the default network learns XOR: `python -m tests.benchmarks.seeds`."""

from autograd_scratch.xor import NETWORKS, train

if __name__ == "__main__":
    failed = [seed for seed in range(1_000) if not train(NETWORKS["default"], seed=seed).learnt]
    print(f"learnt from {1_000 - len(failed)} of 1,000 seeds; not from {failed}")
