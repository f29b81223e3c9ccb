"""Checks at the gates: public functions pass what a reader gave them through these.

Each function returns the value in the form the caller needs, or raises an error that
names the argument, the rule and the value. Nothing is clipped, rounded or renormalised.
"""

import operator

import numpy as np

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def real_array(name: str, value: object, *, ndim: int | None = None) -> FloatArray:
    """`value` as a float array of finite real numbers (a copy), with `ndim` axes if given."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} must be a rectangular array, got {value!r}") from None
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {array.dtype}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axis/axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    with np.errstate(over="ignore"):  # what is too large for a float is not finite either
        numbers = array.astype(float)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite, got {array}")
    return numbers


def floating_array(name: str, value: object, *, ndim: int | None = None) -> FloatArray:
    """Like `real_array`, for arrays that are learned: integers would be rounded at each step."""
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        raise TypeError(
            f"{name} must have a floating dtype (updates would be rounded), got {array.dtype}"
        )
    return real_array(name, array, ndim=ndim)


def probabilities(name: str, value: object, *, ndim: int | None = None) -> FloatArray:
    """`value` as an array whose last axis holds a probability distribution."""
    array = real_array(name, value, ndim=ndim)
    if array.ndim == 0:
        raise ValueError(f"{name} must hold probabilities on its last axis, got {array}")
    far = np.where(array.min(axis=-1) < 0, np.inf, np.abs(array.sum(axis=-1) - 1))
    if far.max() > 1e-9:
        worst = array[np.unravel_index(far.argmax(), far.shape)]
        raise ValueError(
            f"{name} must hold probabilities on its last axis (non-negative, sum 1 up to 1e-9), "
            f"got {worst} of sum {worst.sum():.10g}"
        )
    return array


def policy_and_values(
    policy: FloatArray, action_values: FloatArray, ndim: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """A policy (..., A) and the values of its actions, on batches that may differ."""
    policy = probabilities("policy", policy, ndim=ndim)
    q = real_array("action_values", action_values, ndim=ndim)
    if policy.shape[-1:] != q.shape[-1:]:
        raise ValueError(
            f"action_values must have one entry per arm of the policy, {policy.shape[-1:]}, "
            f"got {q.shape[-1:]}"
        )
    return policy, q


def positive(name: str, value: object) -> float:
    """`value` as a positive finite float."""
    number = real(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return number


def fraction(name: str, value: object) -> float:
    """`value` as a number in [0, 1]."""
    number = real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {number}")
    return number


def real(name: str, value: object) -> float:
    """`value` as a finite float."""
    return float(real_array(name, value, ndim=0))


def count(name: str, value: object, *, least: int = 1) -> int:
    """`value` as an integer of at least `least`."""
    number = _integer(name, value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return number


def arm_index(name: str, value: object, n_arms: int) -> int:
    """`value` as one of 0, ..., n_arms - 1; a negative index would wrap around silently."""
    number = _integer(name, value)
    if not 0 <= number < n_arms:
        raise ValueError(f"{name} must be one of 0, ..., {n_arms - 1}, got {value!r}")
    return number


def arm_indices(name: str, value: object, n_arms: int, what: str = "arms") -> np.ndarray:
    """`value` as an array of indices, each one of 0, ..., n_arms - 1; `what` they stand for."""
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be an array of integers, got dtype {array.dtype}")
    if array.size and not (0 <= array.min() and array.max() < n_arms):
        raise ValueError(f"{name} must hold {what} 0, ..., {n_arms - 1}, got {array}")
    return array


def generator(name: str, value: object) -> np.random.Generator:
    """`value`, if it is a NumPy random generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator such as np.random.default_rng(0), "
            f"got {value!r}"
        )
    return value


def _integer(name: str, value: object) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
