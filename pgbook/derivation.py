r"""Derivations that refuse to exist if a step is wrong.

A `Derivation` is a chain of steps. When it is made, each step is compared with the one
before it by a *normal form*, never by hoping that `sympy.simplify` finds a zero. What a
page prints is the object that was checked.

The normal form knows what the book's derivations are made of: rational functions,
exponentials, logarithms of positive numbers, powers with a symbolic exponent, integrals that
SymPy can carry out, finite sums :math:`\sum_{b=0}^{k-1}` over a symbolic number of terms, shifted
or not, Kronecker deltas, and products of matrices of any size, written as non-commutative symbols
and their inverses.
Index letters stand for legal indices of all sums that hold them:
:math:`\delta_{bj}` inside such a sum picks exactly one term.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp
from sympy.printing.latex import LatexPrinter

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

Definitions = Mapping[sp.Basic, sp.Basic]


class DerivationError(ValueError):
    """A step of a derivation does not follow from the one before it."""


class Partial(sp.Function):
    """A partial derivative that is only written down: ``Partial(f, x)``.

    SymPy's own `Derivative` would see no `x` in a name such as J that is defined
    elsewhere.
    """

    nargs = 2

    def _latex(self, printer: LatexPrinter) -> str:
        function, variable = (printer._print(arg) for arg in self.args)
        if self.args[0].is_Add or self.args[0].is_Mul:
            function = rf"\left({function}\right)"
        return rf"\frac{{\partial}}{{\partial {variable}}} {function}"


class _Textbook(LatexPrinter):
    """Positive terms before negative ones; Greek names, names, brackets, sums, derivatives."""

    def _as_ordered_terms(self, expr: sp.Expr, order: str | None = None) -> list[sp.Expr]:
        return sorted(expr.as_ordered_terms(), key=lambda term: term.could_extract_minus_sign())

    def _print_Mul(self, expr: sp.Expr) -> str:
        if not expr.is_Mul:  # a power with a negative exponent is printed as a product
            return super()._print_Mul(expr)
        if expr.args[0] == -1 and not (-expr).is_Add:
            return f"- {self._print(-expr)}"
        numbers, matrices = expr.args_cnc()  # matrices stay in their order
        return super()._print_Mul(sp.Mul._from_args([*sorted(numbers, key=_place), *matrices]))


def _place(factor: sp.Expr) -> tuple[int, bool, str]:
    name, base = str(factor), factor.base if factor.is_Pow else factor
    late = ((sp.exp, sp.log), sp.Add, (sp.Sum, sp.Integral), Partial)
    rank = next((rank for rank, kind in enumerate(late, 1) if isinstance(base, kind)), 0)
    return rank, not (factor.is_number or name.startswith("\\")), name


def latex(expression: sp.Expr) -> str:
    """LaTeX of an expression, its terms and factors in the order of a textbook."""
    return _Textbook({"order": "none"}).doprint(expression)


@dataclass(frozen=True)
class Step:
    """One line of a derivation: an expression, and why it equals the line before."""

    expression: sp.Expr
    reason: str


class Derivation:
    r"""A chain of equal expressions, checked when it is made.

    Parameters
    ----------
    *steps : Step
        At least two; the first is the starting point.
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
    >>> Derivation(Step((x + 1) ** 2, "a square"), Step(x**2 + 2 * x + 1, "expanded"))
      (x + 1)**2   (a square)
    = x**2 + 2*x + 1   (expanded)
    """

    def __init__(self, *steps: Step, definitions: Definitions | None = None) -> None:
        if len(steps) < 2:
            raise DerivationError(f"a derivation needs at least two steps, got {len(steps)}")
        self.steps = steps
        self.definitions = dict(definitions or {})
        for number, (before, after) in enumerate(pairwise(steps), start=2):
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


def chain(*steps: tuple[sp.Expr, str], definitions: Definitions | None = None) -> Derivation:
    """A derivation from pairs of an expression and the reason for it."""
    return Derivation(*(Step(*step) for step in steps), definitions=definitions)


def is_identity(left: sp.Expr, right: sp.Expr, definitions: Definitions | None = None) -> bool:
    """Whether `left` and `right` have the same normal form.

    True is a proof, as far as SymPy's integrals are right: it does not notice a pole
    inside the limits. False says that the normal form found a difference; `value_at` a
    point where the two sides differ makes that a proof too.
    """
    difference = _normal(_unfold(sp.sympify(left) - sp.sympify(right), definitions or {}))
    deltas = sorted(difference.atoms(sp.KroneckerDelta), key=sp.default_sort_key)
    if deltas:
        # Two indices are equal or they are not: the identity must hold in both cases.
        i, j = sorted(deltas[0].args, key=lambda index: index.is_number)
        equal, unequal = difference.subs(i, j), difference.subs(deltas[0], 0)
        return is_identity(equal, 0) and is_identity(unequal, 0)
    return _numerator(difference) == 0


def value_at(
    expression: sp.Expr, values: Mapping[sp.Basic, object], definitions: Definitions | None = None
) -> sp.Expr:
    """An expression at a point: `values` maps symbols to numbers and indexed names to lists.

    Number of terms and indices must be whole numbers; sums are then written out, so the
    result is exact for rational points. Non-commutative symbols have matrices for values; the
    whole must be a number then, such as a row times a column.
    """
    unfolded = _unfold(sp.sympify(expression), definitions or {})
    if not unfolded.is_commutative:
        return _of_matrices(sp.expand(unfolded), values)
    scalars = {s: v for s, v in values.items() if not isinstance(s, sp.IndexedBase)}
    written = unfolded.subs(scalars).doit()
    entries = {
        entry: values[entry.base][int(entry.indices[0])]
        for entry in written.atoms(sp.Indexed)
        if entry.base in values
    }
    return sp.simplify(written.subs(entries))


def _of_matrices(expression: sp.Expr, values: Mapping[sp.Basic, object]) -> sp.Expr:
    """The number that a sum of products of matrices is, from a row on the left to a column."""
    total = sp.S.Zero
    for term in sp.Add.make_args(expression) if expression != 0 else ():
        numbers, factors = term.args_cnc()
        product = sp.Integer(1)
        for factor in factors:
            base, exponent = factor.as_base_exp()
            product = product * (values[base] if exponent == 1 else values[base] ** exponent)
        total += sp.Mul(*numbers).subs(values) * product[0, 0]
    return sp.simplify(total)


def _unfold(expression: sp.Expr, definitions: Definitions) -> sp.Expr:
    """Replace names by what they stand for, then carry out the derivatives written down."""
    names = {name for name in definitions if not isinstance(name, sp.IndexedBase)}
    while True:
        found = {name: definitions[name] for name in names & expression.free_symbols}
        for entry in expression.atoms(sp.Indexed):
            if entry.base in definitions:
                definition = definitions[entry.base]
                body = _with_own_indices(definition.expr)
                found[entry] = sp.Lambda(definition.signature, body)(*entry.indices)
        if not found:
            break
        expression = expression.xreplace(found)
    expression = expression.replace(sp.UnevaluatedExpr, lambda kept_together: kept_together)
    # Integrals first: SymPy would differentiate under the sign, which is to be checked.
    # And no index of a sum may share a letter with the variable, as in the slope in H[b].
    return _integrated(
        expression.replace(Partial, lambda f, x: sp.diff(_with_own_indices(_integrated(f)), x))
    )


def _integrated(expression: sp.Expr) -> sp.Expr:
    """The expression with its integrals carried out."""

    def carried_out(*args: sp.Basic) -> sp.Expr:
        value = sp.simplify(sp.Integral(*args).doit())
        if value.has(sp.Integral):
            raise DerivationError(f"SymPy cannot carry out {sp.Integral(*args)}")
        return value

    return expression.replace(sp.Integral, carried_out)


def _with_own_indices(expression: sp.Expr) -> sp.Expr:
    """The expression with its sums over letters that occur nowhere else."""

    def renamed(body: sp.Expr, *limits: sp.Tuple) -> sp.Sum:
        own = {index: sp.Dummy(index.name, integer=True) for index, *_ in limits}
        return sp.Sum(body, *limits).xreplace(own)

    return expression.replace(sp.Sum, renamed)


def _normal(expression: sp.Expr) -> sp.Expr:
    """The expression with sums split, deltas resolved, exponentials and logarithms expanded."""
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    if isinstance(expression, sp.Sum):
        return _normal_sum(expression)
    expression = expression.func(*(_normal(arg) for arg in expression.args))
    if isinstance(expression, sp.log):
        return sp.expand_log(sp.log(sp.together(expression.args[0])))
    if isinstance(expression, sp.exp) or _is_symbolic_power(expression):
        return sp.expand_power_exp(expression)
    return expression


def _is_symbolic_power(expression: sp.Expr) -> bool:
    return expression.is_Pow and not expression.exp.is_number


def _normal_sum(total: sp.Sum) -> sp.Expr:
    """A finite sum as (factors free of the index) times (sums with a standard index name)."""
    body = _normal(total.function)
    for index, lower, upper in total.limits:  # innermost first
        body = sp.expand(body, power_exp=True)
        body = sp.Add(*(_sum_of_term(t, index, lower, upper) for t in sp.Add.make_args(body)))
    return body


def _sum_of_term(term: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    for delta in term.atoms(sp.KroneckerDelta):
        if index in delta.free_symbols:
            other = _picked(delta, index, term)
            if lower != 0 or not (upper + 1).is_Symbol:
                raise DerivationError(
                    f"a sum over a delta must run over all indices, got {lower} to {upper}"
                )
            return _normal(term.subs(delta, 1).subs(index, other))
    term, lower, upper = _shifted(term, index, lower, upper)
    outside, inside = term.as_independent(index, as_Add=False)
    if inside == 1:
        return outside * (upper - lower + 1)
    if (ends := _ends(inside, index, lower, upper)) is not None:
        last, beyond = ends
        return outside * _sum_of_term(inside, index, sp.S.Zero, last) + outside * beyond
    depth = max((_depth(inner) for inner in inside.atoms(sp.Sum)), default=0)
    standard = sp.Symbol(f"_i{depth}", integer=True)
    return outside * sp.Sum(inside.xreplace({index: standard}), (standard, lower, upper))


def _shifted(
    term: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr
) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """The sum with its index moved so that the first entry of an indexed name is x[index]."""
    places = [entry.indices[0] - index for entry in term.atoms(sp.Indexed)]
    moves = [place for place in places if place.is_Integer]
    if not moves or min(moves) == 0:
        return term, lower, upper
    move = min(moves)
    return _normal(term.subs(index, index - move)), lower + move, upper + move


def _ends(
    inside: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr
) -> tuple[sp.Expr, sp.Expr] | None:
    """For a sum that does not run from 0 to T - 1: that end, and the terms between the two."""
    missing, (steps, counts) = sp.S.Zero, sp.sympify(upper + 1).as_coeff_Add()
    if not (counts.is_Symbol and sp.sympify(lower).is_Integer) or (steps == 0 and lower == 0):
        return None

    def at(place: sp.Expr) -> sp.Expr:
        return _normal(inside.subs(index, place))

    for step in range(abs(steps)):
        missing += at(counts + step) if steps > 0 else -at(counts - 1 - step)
    for step in range(abs(lower)):
        missing += -at(sp.Integer(step)) if lower > 0 else at(sp.Integer(-1 - step))
    return counts - 1, missing


def _picked(delta: sp.KroneckerDelta, index: sp.Symbol, term: sp.Expr) -> sp.Symbol:
    """The index that a delta picks from a sum; it must be a factor and pick a legal index."""
    factors = [factor.as_base_exp()[0] for factor in sp.Mul.make_args(term)]
    others = set(delta.args) - {index}
    if delta not in factors or len(others) != 1 or not next(iter(others)).is_Symbol:
        raise DerivationError(f"a delta must be a factor and compare two indices, got {term}")
    return others.pop()


def _depth(total: sp.Sum) -> int:
    """How many sums are nested in a sum in normal form, itself included."""
    return 1 + max(int(index.name.removeprefix("_i")) for index, _, _ in total.limits)


def _numerator(expression: sp.Expr) -> sp.Expr:
    """Numerator of a rational function of opaque atoms, expanded; zero if and only if it is."""
    if not expression.is_commutative:
        return sp.expand(expression)
    atoms: dict[sp.Expr, sp.Dummy] = {}

    def opaque(atom: sp.Expr) -> sp.Expr:
        return atoms.setdefault(atom, sp.Dummy(positive=atom.is_positive))

    def opaque_exp(argument: sp.Expr) -> sp.Expr:
        factor, rest = argument.as_coeff_Mul()
        return opaque(sp.exp(rest)) ** factor if factor.is_Integer else opaque(sp.exp(argument))

    expression = expression.replace(sp.Sum, lambda *args: opaque(sp.Sum(*args)))
    expression = expression.replace(sp.exp, opaque_exp)
    expression = expression.replace(_is_symbolic_power, opaque)
    numerator, denominator = sp.fraction(sp.together(expression))
    if sp.expand(denominator) == 0:
        raise DerivationError(f"the denominator {denominator} is zero")
    return sp.expand(numerator)
