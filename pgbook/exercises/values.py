"""Values as feedback shows them: short, rounded, and of objects only their class and policy."""

from numbers import Integral, Real

import numpy as np

from pgbook import validation


def shown(value: object) -> str:
    """A value in one line."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        text = np.array2string(
            value, precision=4, separator=", ", threshold=20, suppress_small=True
        )
        return " ".join(text.split())
    if isinstance(value, Integral | np.bool):
        return str(value)
    if isinstance(value, Real) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return f"{float(value) + 0.0:.6g}"
    if hasattr(value, "policy"):
        return f"{type(value).__name__} of {shown(value.policy)}"
    return validation.shown(value)
