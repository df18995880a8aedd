#!/usr/bin/env bash
# jax 0.10.2: the second derivative of jnp.hypot is 0 wherever |x| = |y|.
# Expected: d²/dx² of sqrt(x² + y²) at (1, 1) is y² / r³ = 0.3536, and the function is smooth there.
# Seen: value and gradient are right, and the Hessian at (1, 1) is all zeros, whichever of jacfwd and
# jacrev make it; a ten-millionth beside it, it is right. So Newton steps and curvatures fail on the
# diagonal alone.
# Instead: jnp.sqrt(x**2 + y**2), or jnp.abs(x + 1j * y) where the squares may overflow.
# No public issue is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check jax==0.10.2 numpy==2.4.6

cat > program.py <<'PYTHON'
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def fused(p):
    return jnp.hypot(p[0], p[1])


def written_out(p):
    return jnp.sqrt(p[0] ** 2 + p[1] ** 2)


for point in (1.0, 1.0), (1.0, 1.0000001), (-3.0, 3.0):
    p = jnp.array(point)
    print(point, "hypot:", jax.hessian(fused)(p).tolist(), "sqrt:", jax.hessian(written_out)(p).tolist())

p = jnp.array([1.0, 1.0])
modes = jax.jacfwd, jax.jacrev
hessians = [outer(inner(fused))(p) for outer in modes for inner in modes]
true = jax.hessian(written_out)(p)
if not jnp.allclose(jax.grad(fused)(p), jax.grad(written_out)(p)):
    raise SystemExit("Not as stated: the first derivative differs too.")
if abs(true[0, 0] - 0.35355339) > 1e-6 or not all(jnp.allclose(h, 0.0, atol=1e-12) for h in hessians):
    raise SystemExit("Not as stated: the Hessian of hypot at (1, 1) is not zero.")
PYTHON
venv/bin/python -I program.py
