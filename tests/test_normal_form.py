"""The normal form on generated pairs: true by construction, or false by one change.

The pairs are what derivations are made of: sums in sums up to three deep, whose terms hold the
indices of the sums around them, powers with a symbol in the exponent, deltas and fractions. Whether
a changed one is false `value_at` says, at points in fractions.
"""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from pgbook.expressions import value_at
from pgbook.normal_form import is_identity

T = sp.Symbol("T", integer=True, positive=True)
a, b, c = sp.symbols("a b c", integer=True)
x, y = sp.symbols("x y", positive=True)
v, w = sp.IndexedBase("v", real=True), sp.IndexedBase("w", real=True)
N_PAIRS, N_SEEDS, LONGEST = 2_000, 40, 9


def one_of(rng, options):
    return options[rng.integers(len(options))]


def expression(rng):
    """A number plus one chain of up to three sums, each holding the letters of those around it."""
    return atom(rng, ()) + series(rng, one_of(rng, (1, 1, 1, 1, 2, 3)), ())


def atom(rng, letters):
    constants = [x, y, x**T, x / (1 + y), x - y]
    if not letters:
        return one_of(rng, constants)
    i, j = one_of(rng, letters), one_of(rng, letters)
    if len(letters) == 3 and rng.random() < 0.5:
        return x ** (a * c) * v[b] ** c
    coupled = [x ** (i * j), v[i] ** j] if i != j else [v[i] + x]
    return one_of(rng, [v[i], v[i + 1], x**i, i, *coupled, *coupled])


def series(rng, depth, letters):
    index = (a, b, c)[len(letters)]
    letters = (*letters, index)
    ends = one_of(rng, [(0, T - 1)] * 5 + [(1, T), *((0, i) for i in letters[:-1])])
    inner = series(rng, depth - 1, letters) if depth > 1 else 1
    return sp.Sum(atom(rng, letters) * w[index] * inner, (index, *ends))


def rewritten(rng, given):
    """The same value in another form, by a rule for one of its sums and one for the whole."""
    total = one_of(rng, sorted(given.atoms(sp.Sum), key=sp.default_sort_key))
    rule, (index, first, last) = one_of(rng, RULES), total.limits[0]
    new = rule(total.function, index, first, last, sp.Dummy("n", integer=True))
    given = given.xreplace({total: new})
    return one_of(rng, [given, sp.expand(given), given * (x + y) / x - given * y / x])


def renamed(body, index, first, last, other):
    return sp.Sum(body.subs(index, other), (other, first, last))


def shifted(body, index, first, last, other):
    return sp.Sum(body.subs(index, other - 1), (other, first + 1, last + 1))


def longer(body, index, first, last, other):
    return sp.Sum(body, (index, first, last + 1)) - body.subs(index, last + 1)


def split(body, index, first, last, other):
    return sp.Add(*(sp.Sum(term, (index, first, last)) for term in sp.Add.make_args(body)))


def times_delta(body, index, first, last, other):
    if (first, last) != (0, T - 1):
        return renamed(body, index, first, last, other)
    picked = sp.Sum(sp.KroneckerDelta(other, index) * w[other], (other, 0, T - 1))
    return sp.Sum(body * picked / w[index], (index, first, last))


RULES = (renamed, shifted, longer, split, times_delta)


def changed(rng, given):
    """The expression with one place altered: a sign, a name, indices, or the end of a sum."""
    places = [part for part in sp.preorder_traversal(given) if alterations(part)]
    part = one_of(rng, places)
    return given.xreplace({part: one_of(rng, alterations(part))})


def alterations(part):
    indices = [i for i in (a, b, c) if part.has(i)] if isinstance(part, sp.Indexed) else []
    if isinstance(part, sp.Indexed):
        swapped = [part.subs(i, j) for i in indices for j in (a, b, c) if j != i]
        return [(w if part.base == v else v)[part.indices[0]], *swapped]
    if isinstance(part, sp.Sum):  # also two letters of other sums exchanged
        index, first, last = part.limits[0]
        swapped = part.function.subs({a: b, b: a}, simultaneous=True)
        others = [swapped] if index == c and swapped != part.function else []
        longer = sp.Sum(part.function, (index, first, last + 1))
        return [longer, -part, *(sp.Sum(other, part.limits[0]) for other in others)]
    if part in (x, y):
        return [x + y - part]
    return []


def values(rng, n_steps):
    """A point: fractions for names, and lists of them that are long enough for all shifts."""
    numbers = [[Fraction(int(n), 4) for n in rng.integers(1, 12, LONGEST)] for _ in range(2)]
    return {T: n_steps, x: Fraction(2, 3), y: Fraction(5, 4), v: numbers[0], w: numbers[1]}


def differ(left, right, rng):
    """Whether two expressions have different values somewhere."""
    points = (values(rng, n_steps) for n_steps in (1, 2, 3))
    return any(value_at(left - right, at) != 0 for at in points)


@pytest.mark.parametrize("seed", range(N_SEEDS))
def test_what_is_true_is_proved_and_what_is_false_is_not(seed):
    rng, n_false = np.random.default_rng(seed), 0
    for _ in range(N_PAIRS // N_SEEDS):
        left = expression(rng)
        right = rewritten(rng, left)
        assert is_identity(left, right), f"{left} = {right}"
    while n_false < N_PAIRS // N_SEEDS:
        left = expression(rng)
        right = changed(rng, left)
        if not (legal(right) and differ(left, right, rng)):
            continue
        n_false += 1
        assert not is_identity(left, right), f"{left} = {right}"


def legal(given):
    """Whether each index belongs to a sum around it."""
    return not given.free_symbols & {a, b, c}
