"""Functions as answers: tried on random cases, and shown the smallest one on which they fail."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pgbook import validation
from pgbook.exercises.values import shown

SEED, TRIES = 20, 30
TOLERANCE = 1e-6  # of an entry, relative where the entry is larger than one


@dataclass(frozen=True)
class Function:
    r"""A function, tried on random cases with a fixed seed.

    Parameters
    ----------
    reference : callable
        What is right, from the arguments of a case and by a route of its own. The names of its
        parameters are those in the feedback.
    draw : callable
        Takes a `numpy.random.Generator` and returns the arguments of one case, a tuple.
    of : callable, optional
        Takes a function and the arguments, and returns what is compared: by default the value,
        but also a mean over all that can be drawn, where more than one function is right.
    takes : str
        The arguments of the reader's function if they are not those of a case.
    """

    reference: Callable
    draw: Callable[[np.random.Generator], tuple]
    of: Callable | None = None
    takes: str = ""

    @property
    def _names(self) -> list[str]:
        return list(inspect.signature(self.reference).parameters)

    @property
    def wanted(self) -> str:
        """What an answer looks like."""
        return f"a function of ({self.takes or ', '.join(self._names)})"

    def fault(self, given: object) -> str:
        """Why a value is no answer: it cannot be called."""
        return "" if callable(given) else f"must be {self.wanted}, got {shown(given)}"

    def difference(self, given: Callable, other: Callable) -> str:
        """The smallest case on which two functions differ, and what they make of it."""
        rng, faults = np.random.default_rng(SEED), []
        for _ in range(TRIES):
            case = self.draw(rng)
            right = self.reference(*case) if other is self.reference else self._value(other, case)
            if said := self._failure(given, case, np.asarray(right, dtype=float)):
                faults.append((sum(map(np.size, case)), said))
        return min(faults, key=lambda pair: pair[0])[1] if faults else ""

    def _value(self, function: Callable, case: tuple) -> object:
        """What is compared."""
        return self.of(function, *case) if self.of else function(*case)

    def _failure(self, given: Callable, case: tuple, right: np.ndarray) -> str:
        """The case, and what is wrong with what a function makes of it."""
        arguments = ", ".join(
            f"{name} = {shown(value)}" for name, value in zip(self._names, case, strict=True)
        )
        try:
            with np.errstate(all="ignore"):
                value = self._value(given, copy.deepcopy(case))
        except Exception as error:  # whatever a reader's function raises is an answer too
            return f"for {arguments}: it raised {type(error).__name__}: {error}"
        said = self._mismatch(value, right)
        return f"for {arguments}: {said}" if said else ""

    def _mismatch(self, value: object, right: np.ndarray) -> str:
        try:
            got = validation.real_array("the value", value)
            validation.shaped("the value", got, right.shape)
        except (TypeError, ValueError) as error:
            return str(error)
        close = np.abs(got - right) <= TOLERANCE * np.maximum(1, np.abs(right))
        return "" if close.all() else f"expected {shown(right)}, got {shown(got)}"
