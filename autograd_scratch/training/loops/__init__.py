"""A training run as derived code: what is recorded once, and run for all rows, batches and epochs.

`recorded` has the loss of a row, `batch_losses` that of whole batches; `derived` is the run. Its loop is
one of single numbers (`numbers`, `mixed_rows`), of arrays (`arrays`), of machine code (by numba:
`machine_loops`) or of WebAssembly (`wasm_loop`; `wasm_machine` runs its module), and has the optimizer's
own update in it (`group_steps`, `array_update`, `tuning`).
"""
