"""What may stand in a blank, and how a reader's answer is compared with the right one.

Each kind of answer has three parts: `wanted` says what an answer looks like, `fault` why a value
is none, and `difference` how it differs from another answer. An empty text means: it does not.
"""

import math
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pgbook import normal_form, validation
from pgbook.exercises.values import shown
from pgbook.expressions import DerivationError

POINTS = 3  # at which expressions are compared if the normal form finds a difference


@dataclass(frozen=True)
class Number:
    """A real number; whatever is not farther from `reference` than `tolerance` is right."""

    reference: float
    tolerance: float = 1e-3

    @property
    def wanted(self) -> str:
        """What an answer looks like."""
        return f"a number, to within {self.tolerance:g}"

    def fault(self, given: object) -> str:
        """Why a value is no answer: it is no real number, or not finite."""
        try:
            if isinstance(given, bool | str | bytes) or np.ndim(given):
                raise TypeError
            number = float(given)
        except (TypeError, ValueError, OverflowError):
            return f"must be a real number, got {shown(given)}"
        return "" if math.isfinite(number) else f"must be finite, got {shown(given)}"

    def difference(self, given: object, other: object) -> str:
        """On which side of another number a number is."""
        distance = float(given) - float(other)
        if abs(distance) <= self.tolerance:
            return ""
        return f"{shown(given)} is too {'large' if distance > 0 else 'small'}"


@dataclass(frozen=True)
class Array:
    """An array of real numbers, each to within `tolerance`."""

    reference: object
    tolerance: float = 1e-3

    @property
    def wanted(self) -> str:
        """What an answer looks like."""
        shape = np.shape(self.reference)
        return f"an array of shape {shape}, each entry to within {self.tolerance:g}"

    def fault(self, given: object) -> str:
        """Why a value is no answer: its type, its shape, or an entry that is not finite."""
        try:
            array = validation.real_array("it", given)
            validation.shaped("it", array, np.shape(self.reference))
        except (TypeError, ValueError) as error:
            return str(error).removeprefix("it ")
        return ""

    def difference(self, given: object, other: object) -> str:
        """The entry that is farthest from the right one."""
        given, other = np.asarray(given, dtype=float), np.asarray(other, dtype=float)
        distance = given - other
        if np.abs(distance).max() <= self.tolerance:
            return ""
        place = np.unravel_index(np.abs(distance).argmax(), distance.shape)
        side = "large" if distance[place] > 0 else "small"
        return f"entry {[*map(int, place)]} is {shown(given[place])}, which is too {side}"


@dataclass(frozen=True)
class Expression:
    r"""A SymPy expression, compared through the book's normal form, then at exact points.

    Symbols are known by their names, ``theta`` or ``\theta``, whatever a reader assumes of them.
    """

    reference: sp.Expr

    @property
    def wanted(self) -> str:
        """What an answer looks like."""
        return f"a SymPy expression in {', '.join(map(str, self._symbols))}"

    @property
    def _symbols(self) -> list[sp.Symbol]:
        return sorted(self.reference.free_symbols, key=str)

    def fault(self, given: object) -> str:
        """Why a value is no answer: its type, a number that was rounded, or an unknown symbol."""
        if isinstance(given, bool) or not isinstance(given, sp.Expr | int):
            return f"must be a SymPy expression, got {shown(given)}"
        given = sp.sympify(given)
        if given.atoms(sp.Float):
            return f"must be exact, with sp.Rational for fractions, got {given}"
        known = [symbol.name for symbol in self._symbols]
        unknown = sorted({_plain(symbol) for symbol in given.free_symbols} - set(known))
        return f"must be in {', '.join(known)} alone, got {', '.join(unknown)}" if unknown else ""

    def difference(self, given: object, other: object) -> str:
        """Both values at a point where two expressions differ."""
        given, other = self._named(given), self._named(other)
        try:
            if normal_form.is_identity(given, other):
                return ""
        except DerivationError:
            pass  # the points decide
        for n in range(1, POINTS + 1):
            # Different for each symbol, so that none stands for another; on both sides of zero.
            point = {
                s: (1 if s.is_positive else (-1) ** n) * sp.Rational(n, n + 1 + i)
                for i, s in enumerate(self._symbols, start=1)
            }
            left, right = (sp.sympify(side).subs(point) for side in (given, other))
            gap = sp.N(left - right, 30)
            if not (gap.is_number and gap.is_finite and abs(gap) < sp.Float("1e-20")):
                at = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
                return f"for {at}: expected {sp.simplify(right)}, got {sp.simplify(left)}"
        return ""

    def _named(self, given: object) -> sp.Expr:
        """The expression in the symbols of the reference."""
        given, own = sp.sympify(given), {symbol.name: symbol for symbol in self._symbols}
        return given.xreplace({s: own[_plain(s)] for s in given.free_symbols})


def _plain(symbol: sp.Symbol) -> str:
    """The name of a symbol without the backslash of LaTeX."""
    return symbol.name.removeprefix("\\")


class Choice:
    """One of a few answers in words: the right one first, then all or the others."""

    def __init__(self, reference: str, *options: str) -> None:
        self.reference = reference
        self.options = sorted({reference, *options})  # an order that tells nothing

    @property
    def wanted(self) -> str:
        """What an answer looks like."""
        return "one of " + ", ".join(f'"{option}"' for option in self.options)

    def fault(self, given: object) -> str:
        """Why a value is no answer: it is none of the options."""
        known = isinstance(given, str) and given in self.options
        return "" if known else f"must be {self.wanted}, got {shown(given)}"

    def difference(self, given: object, other: object) -> str:
        """Whether two choices differ."""
        return "" if given == other else f'"{given}" is not right'


def yes_or_no(right: bool) -> Choice:
    """The answer to a question that can be answered with yes or no."""
    return Choice("yes" if right else "no", "yes", "no")
