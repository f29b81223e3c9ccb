r"""Whether two expressions are the same, by a normal form.

The normal form knows what the book's derivations are made of: rational functions,
exponentials, logarithms of positive numbers, powers with a symbolic exponent, integrals that
SymPy can carry out, finite sums :math:`\sum_{b=0}^{k-1}` over a symbolic number of terms, shifted
or not, Kronecker deltas, and products of matrices of any size, written as non-commutative symbols
and their inverses.
Index letters stand for legal indices of all sums that hold them:
:math:`\delta_{bj}` inside such a sum picks exactly one term.
"""

from functools import cache

import sympy as sp

from pgbook.expressions import Definitions, DerivationError, expressed, unfold


def is_identity(left: sp.Expr, right: sp.Expr, definitions: Definitions | None = None) -> bool:
    """Whether `left` and `right` have the same normal form.

    True is a proof, as far as SymPy's integrals are right: it does not notice a pole
    inside the limits. False says that the normal form met a difference; `value_at` a
    point where the two sides differ makes that a proof too. A sum that ends before it
    begins, as from 0 to T − 2 for T = 0, is SymPy's: minus the terms in between. Powers with a
    symbolic exponent, roots and functions such as cos are opaque: a denominator that is zero by
    an identity between them is not noticed; nor is the inverse of a sum of matrices that is zero.
    A name that `definitions` does not hold is a constant.

    Raises
    ------
    DerivationError
        For what the normal form does not know, for floating-point numbers, which prove nothing,
        and for definitions that go in a circle.
    """
    left, right = expressed(left), expressed(right)
    definitions = {name: expressed(meaning) for name, meaning in (definitions or {}).items()}
    # In all that is given: what was rounded may be gone from the difference.
    given = (left, right, *definitions.values())
    if rounded := set().union(*(part.atoms(sp.Float) for part in given)):
        raise DerivationError(f"numbers must be exact, got {sorted(map(str, rounded))}")
    difference = _normal(unfold(left - right, definitions))
    deltas = sorted(difference.atoms(sp.KroneckerDelta), key=sp.default_sort_key)
    if deltas:
        # Two indices are equal or they are not: the identity must hold in both cases.
        i, j = sorted(deltas[0].args, key=lambda index: index.is_number)
        equal, unequal = difference.subs(i, j), difference.subs(deltas[0], 0)
        return is_identity(equal, 0) and is_identity(unequal, 0)
    return _numerator(difference) == 0


def _normal(expression: sp.Expr) -> sp.Expr:
    """The expression with sums split, deltas resolved, exponentials and logarithms expanded."""
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    if isinstance(expression, sp.Sum):
        return _normal_sum(expression)
    expression = expression.func(*(_normal(arg) for arg in expression.args))
    if isinstance(expression, sp.log):
        return sp.expand_log(sp.log(sp.together(expression.args[0])))
    if _is_power(expression):
        base, exponent = expression.as_base_exp()
        return sp.expand_power_exp(base ** sp.expand(exponent))
    return expression


def _is_power(expression: sp.Expr) -> bool:
    """Whether it is an exponential, or a power with a symbol in the exponent."""
    symbolic = expression.is_Pow and not expression.exp.is_number
    return symbolic or isinstance(expression, sp.exp)


def _normal_sum(total: sp.Sum) -> sp.Expr:
    """A finite sum as (factors free of the index) times (sums with a standard index name)."""
    _check_deltas(total)
    body = _normal(total.function)
    for index, lower, upper in total.limits:  # innermost first
        body = sp.expand(body, power_exp=True)
        body = sp.Add(*(_sum_of_term(t, index, lower, upper) for t in sp.Add.make_args(body)))
    return body


def _check_deltas(total: sp.Sum) -> None:
    """Sums over the two indices of a delta must have the same ends, which are no indices."""
    limits = [limit for inner in total.atoms(sp.Sum) for limit in inner.limits]
    indices = {index for index, *_ in limits}
    for delta in total.atoms(sp.KroneckerDelta):
        ends = {tuple(limit[1:]) for limit in limits if limit[0] in delta.free_symbols}
        if len(ends) > 1 or any(end.free_symbols & indices for pair in ends for end in pair):
            raise DerivationError(f"sums over a delta must run over all indices, got {total}")


def _sum_of_term(term: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    for delta in term.atoms(sp.KroneckerDelta):
        if index in delta.free_symbols:
            other = _picked(delta, index, term)
            if lower != 0 or not (upper + 1).is_Symbol or other == upper + 1:
                raise DerivationError(
                    f"a sum over a delta must run over all indices, got {lower} to {upper}"
                )
            return _normal(term.subs(delta, 1).subs(index, other))
    if move := _offset(term, index):
        moved = sp.expand(_normal(term.subs(index, index - move)), power_exp=True)
        terms, lower, upper = sp.Add.make_args(moved), lower + move, upper + move
        return sp.Add(*(_sum_of_term(term, index, lower, upper) for term in terms))
    outside, inside = term.as_independent(index, as_Add=False)
    if inside == 1:
        return outside * (upper - lower + 1)
    if (ends := _ends(inside, index, lower, upper)) is not None:
        last, beyond = ends
        return outside * _sum_of_term(inside, index, sp.S.Zero, last) + outside * beyond
    depth = max((_depth(inner) for inner in inside.atoms(sp.Sum)), default=0)
    standard = _standard(depth)
    return outside * sp.Sum(inside.xreplace({index: standard}), (standard, lower, upper))


@cache
def _standard(depth: int) -> sp.Dummy:
    """The index of the sums that hold `depth` more inside; no symbol of a reader is equal to it."""
    return sp.Dummy(f"_i{depth}", integer=True)


def _offset(term: sp.Expr, index: sp.Symbol) -> sp.Integer:
    """How far the index must move for the first entry of an indexed name to be x[index]."""
    places = [entry.indices[0] - index for entry in term.atoms(sp.Indexed)]
    return min((place for place in places if place.is_Integer), default=sp.S.Zero)


def _ends(
    inside: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr
) -> tuple[sp.Expr, sp.Expr] | None:
    """For a sum that does not run from 0 to T - 1: that end, and the terms between the two."""
    missing, (steps, counts) = sp.S.Zero, sp.sympify(upper + 1).as_coeff_Add()
    whole = steps.is_Integer and sp.sympify(lower).is_Integer
    if not (counts.is_Symbol and whole) or (steps == 0 and lower == 0):
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
    powers = (factor.as_base_exp() for factor in sp.Mul.make_args(term))
    factors = [base for base, exponent in powers if exponent.is_positive]
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

    def opaque_power(power: sp.Expr) -> sp.Expr:
        base, exponent = power.as_base_exp()
        factor, rest = exponent.as_coeff_Mul()
        return opaque(base**rest) ** factor if factor.is_Integer else opaque(power)

    expression = expression.replace(sp.Sum, lambda *args: opaque(sp.Sum(*args)))
    expression = expression.replace(_is_power, opaque_power)
    numerator, denominator = sp.fraction(sp.together(expression))
    if sp.expand(denominator) == 0:
        raise DerivationError(f"the denominator {denominator} is zero")
    return sp.expand(numerator)
