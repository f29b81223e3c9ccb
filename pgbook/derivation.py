r"""Derivations that refuse to exist if a step is wrong.

A `Derivation` is a sequence of steps. When it is made, each step is compared with the one
before it by a *normal form*, never by hoping that `sympy.simplify` finds a zero. What a
page prints is the object that was checked.
"""

import html
from itertools import pairwise
from typing import NamedTuple

import sympy as sp
from sympy.printing.latex import LatexPrinter

from pgbook.expressions import Definitions, DerivationError, Partial
from pgbook.normal_form import is_identity

LAYOUT = """\
<style>
.pgbook-derivation { display: grid; gap: .6em 2em; margin: 1em 0; }
.pgbook-derivation { grid-template-columns: minmax(0, auto) minmax(9em, 1fr); }
.pgbook-derivation > div { align-self: center; overflow-x: auto; }
.pgbook-derivation > div:nth-of-type(even) { font-size: .9em; }
@media (max-width: 40em) {
  .pgbook-derivation { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .pgbook-derivation > div:nth-of-type(even) { margin: 0 0 .8em 1.5em; }
}
</style>"""


class _Textbook(LatexPrinter):
    """Positive terms before negative ones; Greek names, names, brackets, sums, derivatives."""

    def _as_ordered_terms(self, expr: sp.Expr, order: str | None = None) -> list[sp.Expr]:
        return sorted(expr.as_ordered_terms(), key=lambda term: term.could_extract_minus_sign())

    def _print_Mul(self, expr: sp.Expr) -> str:
        if not expr.is_Mul:  # a power with a negative exponent is printed as a product
            return super()._print_Mul(expr)
        first = expr.args[0]
        if first.is_Rational and first < 0 and not (-expr).is_Add:
            return f"- {self._print(-expr)}"
        numbers, matrices = expr.args_cnc(split_1=False)  # matrices stay in their order
        return super()._print_Mul(sp.Mul._from_args([*sorted(numbers, key=_place), *matrices]))


def _place(factor: sp.Expr) -> tuple[int, bool, str]:
    name, base = str(factor), factor.base if factor.is_Pow else factor
    late = ((sp.exp, sp.log), sp.Add, (sp.Sum, sp.Integral), Partial)
    rank = next((rank for rank, kind in enumerate(late, 1) if isinstance(base, kind)), 0)
    return rank, not (factor.is_number or name.startswith("\\")), name


def latex(expression: sp.Expr) -> str:
    """LaTeX of an expression, its terms and factors in the order of a textbook."""
    return _Textbook({"order": "none"}).doprint(expression)


class Step(NamedTuple):
    """One line of a derivation: an expression, and why it equals the line before."""

    expression: sp.Expr
    reason: str


class Derivation:
    r"""Equal expressions, one below the other, checked when they are written down.

    Parameters
    ----------
    *steps : (sympy.Expr, str)
        At least two expressions, each with the reason why it equals the one before it; the
        first is the starting point.
    definitions : mapping, optional
        What the names in the steps stand for: ``{Z: Sum(...), pi: Lambda(a, ...)}`` for
        symbols and for indexed names.

    Raises
    ------
    DerivationError
        If a step does not equal the one before it, or only repeats it; names the step
        and shows both sides.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> Derivation(((x + 1) ** 2, "a square"), (x**2 + 2 * x + 1, "expanded"))
      (x + 1)**2   (a square)
    = x**2 + 2*x + 1   (expanded)
    """

    def __init__(self, *steps: tuple[sp.Expr, str], definitions: Definitions | None = None) -> None:
        if len(steps) < 2:
            raise DerivationError(f"a derivation needs at least two steps, got {len(steps)}")
        self.steps = tuple(Step(*step) for step in steps)
        self.definitions = dict(definitions or {})
        for number, (before, after) in enumerate(pairwise(self.steps), start=2):
            if before.expression == after.expression:
                raise DerivationError(f"step {number} ({after.reason}) repeats: {after.expression}")
            if not is_identity(before.expression, after.expression, self.definitions):
                raise DerivationError(
                    f"step {number} ({after.reason}) does not follow:\n"
                    f"  before: {before.expression}\n"
                    f"  after:  {after.expression}"
                )

    @property
    def first(self) -> sp.Expr:
        """The expression that the derivation starts from."""
        return self.steps[0].expression

    @property
    def last(self) -> sp.Expr:
        """The expression that the derivation arrives at."""
        return self.steps[-1].expression

    def __repr__(self) -> str:
        signs = [" ", *"=" * (len(self.steps) - 1)]
        return "\n".join(
            f"{sign} {step.expression}   ({step.reason})"
            for sign, step in zip(signs, self.steps, strict=True)
        )

    def _repr_latex_(self) -> str:
        rows = [
            rf"{sign}& {latex(step.expression)} && \small\text{{{step.reason}}}"
            for sign, step in zip(self._signs(), self.steps, strict=True)
        ]
        body = " \\\\[4pt]\n".join(rows)
        return f"$\\displaystyle \\begin{{aligned}}\n{body}\n\\end{{aligned}}$"

    def _repr_html_(self) -> str:
        # Not one aligned block: on a phone the reasons would be out of sight.
        rows = "\n".join(
            f'<div class="math notranslate nohighlight">\\(\\displaystyle {sign} '
            f"{html.escape(latex(step.expression))}\\)</div><div>{html.escape(step.reason)}</div>"
            for sign, step in zip(self._signs(), self.steps, strict=True)
        )
        return f'<div class="pgbook-derivation">\n{LAYOUT}\n{rows}\n</div>'

    def _signs(self) -> list[str]:
        return [r"\phantom{{}={}}", *["{}={}"] * (len(self.steps) - 1)]
