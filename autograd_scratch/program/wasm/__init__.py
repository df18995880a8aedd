"""Loop nests as WebAssembly: machine code without a compiler to install, and the same bits everywhere.

wasmtime runs it, which is there for the embedded Graphviz.

A number is a pair of two everywhere, so there is one way to compute it. `pairs` writes expressions;
`exponential`, `logarithm`, `circular`, `powers` and `made` have the functions that WebAssembly lacks, and
`operations` says how primitives are written. `lanes` says which two rounds of a nest are a pair, `writing`
writes its loops, and `module` puts memory and functions around them: `training` those that train, `summing`
those that add up over rows, both for `blocks` of rows. `engine` compiles and runs a module.
"""
