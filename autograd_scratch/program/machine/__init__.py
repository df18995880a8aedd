"""Programs as machine code, which numba compiles: of single numbers, and of loops over arrays."""
