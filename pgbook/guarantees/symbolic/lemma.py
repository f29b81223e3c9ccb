r"""The performance-difference lemma, three times: by telescoping, by resolvents, as polynomials.

Without a horizon the value of a policy is :math:`V = (I - \gamma P)^{-1} r`. For any number of
states the matrices are non-commutative symbols: `K` and `K_new` stand for :math:`I - \gamma P` of
the old and of the new policy, `m` is the row of the start, `r` and `r_new` columns of rewards.
"""

from dataclasses import dataclass
from functools import reduce

import sympy as sp
from sympy.polys.rings import PolyElement, ring

from pgbook.derivation import Derivation, chain

gamma = sp.Symbol("gamma", positive=True)
K, K_new, m, r, r_new, V, P_old, P_new, g = sp.symbols("K K' mu r r' V P P' g", commutative=False)
DEFINITIONS = {
    V: K**-1 * r, P_old: (1 - K) / gamma, P_new: (1 - K_new) / gamma,
    g: r_new + gamma * P_new * V - V,
}  # fmt: skip
POINT = {
    K: sp.Matrix([[2, 1], [0, 3]]), K_new: sp.Matrix([[1, 4], [2, 1]]), m: sp.Matrix([[1, 5]]),
    r: sp.Matrix([2, 7]), r_new: sp.Matrix([3, 1]), gamma: sp.Rational(1, 2),
}  # fmt: skip


def by_resolvent() -> Derivation:
    """The lemma for any number of states: both values, one inverse, one sum."""
    return chain(
        (m * K_new**-1 * r_new - m * V, "J of the new policy minus J of the old one"),
        (m * K_new**-1 * (r_new - K_new * V), "K′⁻¹K′ is the identity"),
        (m * K_new**-1 * (r_new + gamma * P_new * V - V), "K′ is the identity minus γP′"),
        (m * K_new**-1 * g, "the mean advantage g of the new actions; μK′⁻¹ is its occupancy"),
        definitions=DEFINITIONS,
    )


def resolvent_identity() -> Derivation:
    """The difference of two inverses; the new one stands in front."""
    return chain(
        (m * K_new**-1 * r - m * K**-1 * r, "the same rewards, two policies"),
        (m * K_new**-1 * (K - K_new) * K**-1 * r, "K′⁻¹ on the left, K⁻¹ on the right"),
        (gamma * m * K_new**-1 * (P_new - P_old) * V, "K − K′ is γ(P′ − P)"),
        definitions=DEFINITIONS,
    )


T, t = sp.symbols("T t", integer=True, nonnegative=True)
rewards, values, adv = (
    sp.IndexedBase("r", real=True), sp.IndexedBase("v", real=True), sp.IndexedBase("a", real=True),
)  # fmt: skip
SUM_POINT = {
    T: 3, gamma: sp.Rational(1, 2), rewards: [sp.S(2), sp.S(-1), sp.S(3)],
    values: [sp.S(5), sp.S(1), sp.S(4), sp.S(2)],
}  # fmt: skip


def _up_to(term: sp.Expr, first: int = 0, last: sp.Expr = T - 1) -> sp.Sum:
    return sp.Sum(term, (t, first, last))


def by_telescoping() -> Derivation:
    r"""The proof on the slides, for T steps. All letters are means under the *new* policy.

    :math:`r_t` is the reward at time t, :math:`v_t` the old value of the state at time t, and
    :math:`a_t` the old advantage.
    """
    discounted = gamma**t * values[t]
    return chain(
        (_up_to(gamma**t * rewards[t]) - values[0], "new return, minus the old value of the start"),
        (
            _up_to(gamma**t * rewards[t])
            - (_up_to(discounted) - _up_to(discounted, 1, T) + gamma**T * values[T]),
            "one value as a difference of two sums",
        ),
        (
            _up_to(gamma**t * rewards[t])
            - (_up_to(discounted) - _up_to(gamma ** (t + 1) * values[t + 1]))
            - gamma**T * values[T],
            "the second sum with its index moved",
        ),
        (
            _up_to(gamma**t * rewards[t])
            + _up_to(gamma**t * (gamma * values[t + 1] - values[t]))
            - gamma**T * values[T],
            "one sum",
        ),
        (
            _up_to(gamma**t * (rewards[t] + gamma * values[t + 1] - values[t]))
            - gamma**T * values[T],
            "the reward into the sum",
        ),
        (
            _up_to(gamma**t * adv[t]) - gamma**T * values[T],
            "the mean of the bracket is that of the advantage",
        ),
        definitions={adv: sp.Lambda(t, rewards[t] + gamma * values[t + 1] - values[t])},
    )


def tail(*, bounded: bool = True) -> sp.Expr:
    r"""The limit of the last term, with :math:`|v| \le r_{\max}/(1-\gamma)`; zero.

    The discount is written as :math:`e^{-x}` with a positive x. Values that are not bounded, but
    grow like :math:`\gamma^{-T}`, leave a term that does not vanish.
    """
    x, largest = sp.symbols("x r_max", positive=True)
    value = largest / (1 - sp.exp(-x)) * (1 if bounded else sp.exp(x * T))
    return sp.limit(sp.exp(-x * T) * value, T, sp.oo)


@dataclass(frozen=True)
class Polynomials:
    """Both sides of the lemma with all denominators cleared."""

    gain: PolyElement  # the difference of the objectives
    advantages: PolyElement  # the occupancy times the mean advantage
    n_symbols: int


def as_polynomials(n_states: int, *, occupancy: str = "new") -> Polynomials:
    r"""The lemma for a few states and two actions, each probability and reward a symbol.

    Both sides are multiplied by :math:`\det(A) \det(B)`, so that the inverses become adjugates.
    Polynomials over the integers have one form: the two sides are equal or they are not.

    Parameters
    ----------
    n_states : int
        2 or 3.
    occupancy : str
        ``new`` as in the lemma; ``old`` for the wrong variant.
    """
    n, last = n_states, n_states - 1
    names = [f"p{s}{a}{z}" for s in range(n) for a in range(2) for z in range(last)]
    names += [f"r{s}{a}" for s in range(n) for a in range(2)] + [f"m{s}" for s in range(last)]
    names += [f"{kind}{s}" for kind in ("o", "n") for s in range(n)] + ["c"]
    space, *symbols = ring(names, sp.ZZ)
    at = dict(zip(names, symbols, strict=True))

    def law(probabilities: list[PolyElement]) -> list[PolyElement]:
        return [*probabilities, 1 - sum(probabilities, space.zero)]

    moves = [[law([at[f"p{s}{a}{z}"] for z in range(last)]) for a in range(2)] for s in range(n)]
    start, c = law([at[f"m{s}"] for s in range(last)]), at["c"]

    def mixed(kind: str, s: int, pair: list[PolyElement]) -> PolyElement:
        return (1 - at[f"{kind}{s}"]) * pair[0] + at[f"{kind}{s}"] * pair[1]

    reward = {k: [mixed(k, s, [at[f"r{s}0"], at[f"r{s}1"]]) for s in range(n)] for k in "on"}
    matrix = {
        k: [
            [space.one * (s == z) - c * mixed(k, s, [moves[s][a][z] for a in range(2)])
             for z in range(n)]
            for s in range(n)
        ]
        for k in "on"
    }  # fmt: skip
    det = {k: _determinant(matrix[k]) for k in "on"}
    value = {k: _times(_adjugate(matrix[k]), reward[k]) for k in "on"}  # times the determinant
    front = {"new": "n", "old": "o"}[occupancy]
    other = {"n": "o", "o": "n"}[front]
    visits = _times(list(zip(*_adjugate(matrix[front]), strict=True)), start)
    # det(A) g, where B V is the value minus the discounted mean of the next value.
    g_old = [
        det["o"] * x - y for x, y in zip(reward["n"], _times(matrix["n"], value["o"]), strict=True)
    ]
    gain = _dot(start, value["n"]) * det["o"] - _dot(start, value["o"]) * det["n"]
    scale = space.one if front == "n" else det[other]
    advantages = _dot(visits, g_old) * scale
    return Polynomials(gain if front == "n" else gain * det["o"], advantages, len(names))


def _dot(x: list[PolyElement], y: list[PolyElement]) -> PolyElement:
    return reduce(lambda total, pair: total + pair[0] * pair[1], zip(x, y, strict=True), 0)


def _times(matrix: list, vector: list[PolyElement]) -> list[PolyElement]:
    return [_dot(row, vector) for row in matrix]


def _minor(matrix: list, i: int, j: int) -> list:
    return [[x for q, x in enumerate(row) if q != j] for p, row in enumerate(matrix) if p != i]


def _determinant(matrix: list) -> PolyElement:
    if len(matrix) == 1:
        return matrix[0][0]
    minors = (_determinant(_minor(matrix, 0, j)) for j in range(len(matrix)))
    return sum((-1) ** j * matrix[0][j] * minor for j, minor in enumerate(minors))


def _adjugate(matrix: list) -> list:
    n = len(matrix)
    return [
        [(-1) ** (i + j) * _determinant(_minor(matrix, j, i)) for j in range(n)] for i in range(n)
    ]
