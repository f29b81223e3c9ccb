"""Checks at the gates: public functions pass what a reader gave them through these.

Each function returns the value in the form the caller needs, real numbers in double precision, or
raises an error that names the argument, the rule and the value. Nothing is clipped or rounded.
"""

import operator
from collections.abc import Callable, Collection
from typing import TypeVar

import numpy as np

T = TypeVar("T")
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

LARGEST = 1e75  # in absolute value: the product of four such numbers is still a float
MOST = 10**9  # of whatever is counted
SUM_ERROR = 1e-9  # of probabilities in double precision


def shown(value: object) -> str:
    """A value for an error message, cut short if it is long."""
    with np.printoptions(threshold=20, edgeitems=3):
        text = str(value) if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= 200 else f"{text[:200]} …"


def real_array(
    name: str,
    value: object,
    *,
    ndim: int | None = None,
    most: float = LARGEST,
    kinds: str = "fiu",
) -> FloatArray:
    """`value` as an array of real numbers (a copy), with `ndim` axes if given.

    They are at most `most` in size, and of the `kinds` of NumPy's types that are named.
    """
    array = _array(name, value)
    if array.dtype.kind not in kinds:
        got = f"dtype {array.dtype}" if array.dtype != object else shown(value)
        raise TypeError(f"{name} must be an array of real numbers, got {got}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axis/axes, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    numbers = _floats(array)
    if not np.abs(numbers).max() <= most:
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name} must be finite, got {shown(array)}")
        raise ValueError(f"{name} must be at most {most:g} in size, got {shown(array)}")
    return numbers


def _floats(array: np.ndarray) -> FloatArray:
    if array.dtype == float:
        return array.copy()
    with np.errstate(over="ignore"):  # what is too large for a float is not finite either
        return array.astype(float)


def vectors(name: str, value: object) -> FloatArray:
    """Like `real_array`, with one axis at least: the last one belongs to the actions."""
    array = real_array(name, value)
    if array.ndim == 0:
        raise ValueError(f"{name} must have one entry for each action, got the number {array}")
    return array


def floating_array(name: str, value: object, *, ndim: int | None = None) -> FloatArray:
    """Like `real_array`, for arrays that are learned: integers would be rounded at each step."""
    array = _array(name, value)
    if array.dtype.kind in "iub":
        raise TypeError(
            f"{name} must have a floating dtype (updates would be rounded), got {array.dtype}"
        )
    return real_array(name, value, ndim=ndim)


def probabilities(name: str, value: object, *, ndim: int | None = None) -> FloatArray:
    """`value` as an array whose last axis holds a probability distribution.

    In double precision it must sum to one up to 1e-9, and is left as it is. The sum of shorter
    floating-point numbers may be off by the rounding of each; these are divided by it.
    """
    array = real_array(name, value, ndim=ndim)
    if array.ndim == 0:
        raise ValueError(f"{name} must hold probabilities on its last axis, got {array}")
    sums = array.sum(axis=-1, keepdims=True)
    dtype = (value if isinstance(value, np.ndarray) else np.asarray(value)).dtype
    short = dtype.kind == "f" and dtype.itemsize < array.dtype.itemsize
    most = array.shape[-1] * float(np.finfo(dtype).eps) if short else SUM_ERROR
    if array.min() < 0 or np.abs(sums - 1).max() > most:
        far = np.where(array.min(axis=-1) < 0, np.inf, np.abs(sums[..., 0] - 1))
        worst = array[np.unravel_index(far.argmax(), far.shape)]
        raise ValueError(
            f"{name} must hold probabilities on its last axis (non-negative, sum 1 up to "
            f"{most:.0e}), got {shown(worst)} of sum {worst.sum():.10g}"
        )
    return array / sums if short else array


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
    together(action_values=q.shape, policy=policy.shape)
    return policy, q


def together(**shapes: tuple[int, ...]) -> None:
    """Nothing, if arrays of these shapes, the first one's by its name, can be broadcast."""
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        (name, shape), *others = shapes.items()
        with_ = " and ".join(f"{other} {s}" for other, s in others)
        raise ValueError(f"{name} must have a shape that goes with {with_}, got {shape}") from None


def positive(name: str, value: object) -> float:
    """`value` as a positive number."""
    number = real(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return number


def shaped(name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """`array`, if it has this shape."""
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    return array


def not_negative(name: str, value: object) -> float:
    """`value` as a number that is positive or zero."""
    number = real(name, value)
    if number < 0:
        raise ValueError(f"{name} must not be negative, got {value!r}")
    return number


def fraction(name: str, value: object) -> float:
    """`value` as a number in [0, 1]."""
    number = real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {number}")
    return number


def fractions(name: str, value: object) -> FloatArray:
    """`value` as an array of numbers in [0, 1]."""
    array = real_array(name, value)
    if array.min() < 0 or array.max() > 1:
        raise ValueError(f"{name} must lie in [0, 1], got {shown(array)}")
    return array


def real(name: str, value: object) -> float:
    """`value` as a number."""
    if isinstance(value, float) and abs(value) <= LARGEST:
        return float(value)  # at once: a bound is computed thousands of times
    return float(real_array(name, value, ndim=0))


def count(name: str, value: object, *, least: int = 1, most: int = MOST) -> int:
    """`value` as an integer from `least` to `most`, by default a billion."""
    number = _integer(name, value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    if number > most:
        raise ValueError(f"{name} must be at most {most:,}, got {shown(value)}")
    return number


def index(name: str, value: object, n: int) -> int:
    """`value` as one of 0, ..., n - 1; a negative index would wrap around silently."""
    number = _integer(name, value)
    if not 0 <= number < n:
        raise ValueError(f"{name} must be one of 0, ..., {n - 1}, got {shown(value)}")
    return number


def indices(name: str, value: object, n: int, what: str) -> np.ndarray:
    """`value` as an array of indices, each one of 0, ..., n - 1; `what` they stand for."""
    array = _array(name, value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be an array of integers, got dtype {array.dtype}")
    if array.size and not (0 <= array.min() and array.max() < n):
        raise ValueError(f"{name} must hold {what} 0, ..., {n - 1}, got {shown(array)}")
    return array.astype(np.intp)


def choice(name: str, value: object, options: Collection[str]) -> str:
    """`value`, if it is one of these names."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {tuple(options)}, got {shown(value)}")
    return value


def function(name: str, value: object) -> Callable:
    """`value` itself, if it can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be callable, got {shown(value)}")
    return value


def flag(name: str, value: object) -> bool:
    """`value`, if it is true or false: a text would always count as true."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def generator(name: str, value: object) -> np.random.Generator:
    """`value`, if it is a NumPy random generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator such as np.random.default_rng(0), "
            f"got {shown(value)}"
        )
    return value


def instance(name: str, value: T, kind: type[T]) -> T:
    """`value`, if it is an object of this class."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be an object of class {kind.__name__}, got {type(value).__name__}"
        )
    return value


def representable(names: str, result: FloatArray) -> FloatArray:
    """`result` of a formula in these arguments, if a float can hold it."""
    if not np.isfinite(result).all():
        raise ValueError(f"{names} must give a number that a float can hold, got {shown(result)}")
    return result


def read_only(array: np.ndarray) -> np.ndarray:
    """A view of an array that cannot be written to."""
    view = array.view()
    view.setflags(write=False)
    return view


def freeze(owner: object, **checked: np.ndarray) -> None:
    """Make the arrays of an object read-only, those in `checked` in place of what was given."""
    for name, value in {**vars(owner), **checked}.items():
        if isinstance(value, np.ndarray):
            object.__setattr__(owner, name, read_only(value))


def _array(name: str, value: object) -> np.ndarray:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be an array without a mask, got {shown(value)}")
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} must be a rectangular array, got {shown(value)}") from None


def _integer(name: str, value: object) -> int:
    try:
        if isinstance(value, bool | np.ma.MaskedArray):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {shown(value)}") from None
