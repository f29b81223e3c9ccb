r"""The performance-difference lemma, three times: by telescoping, by resolvents, as polynomials.

Without a horizon the value of a policy is :math:`V = (I - \gamma P)^{-1} r`. For any number of
states the matrices are non-commutative symbols: `K` and `K_new` stand for :math:`I - \gamma P` of
the old and of the new policy, `m` is the row of the start, `r` and `r_new` columns of rewards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import sympy as sp
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement, ring

from pgbook import ledger
from pgbook.derivation import Derivation
from pgbook.ledger import wrong

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
proves = partial(ledger.proves, "G9", generality="any number of states", point=POINT)


@proves("any number of states, by the resolvent")
@wrong("visits of the old policy", claimed=m * K ** (-1) * g)
def by_resolvent() -> Derivation:
    """The lemma for any number of states: both values, one inverse, one sum."""
    return Derivation(
        (m * K_new**-1 * r_new - m * V, "J of the new policy minus J of the old one"),
        (m * K_new**-1 * (r_new - K_new * V), "K′⁻¹K′ is the identity"),
        (m * K_new**-1 * (r_new + gamma * P_new * V - V), "K′ is the identity minus γP′"),
        (m * K_new**-1 * g, "the mean advantage g of the new actions; μK′⁻¹ is its occupancy"),
        definitions=DEFINITIONS,
    )


@proves("the resolvent identity")
@wrong("the new inverse twice", claimed=m * K_new ** (-1) * (K - K_new) * K_new ** (-1) * r)
def resolvent_identity() -> Derivation:
    """The difference of two inverses; the new one stands in front."""
    return Derivation(
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


_REWARDS, _LAST = _up_to(gamma**t * rewards[t]), gamma**T * values[T]
_ADVANTAGES = _up_to(gamma**t * adv[t])


@ledger.proves(
    "G9",
    "any number of steps, by telescoping, γ = 1 included",
    generality="any number of steps",
    point=SUM_POINT,
)
@wrong("without the tail", claimed=_ADVANTAGES)
def by_telescoping() -> Derivation:
    r"""The proof on the slides, for T steps. All letters are means under the *new* policy.

    :math:`r_t` is the reward at time t, :math:`v_t` the old value of the state at time t, and
    :math:`a_t` the old advantage.
    """
    discounted, bracket = gamma**t * values[t], gamma * values[t + 1] - values[t]
    moved = _up_to(gamma ** (t + 1) * values[t + 1])
    return Derivation(
        (_REWARDS - values[0], "new return, minus the old value of the start"),
        (
            _REWARDS - (_up_to(discounted) - _up_to(discounted, 1, T) + _LAST),
            "one value as a difference of two sums",
        ),
        (_REWARDS - (_up_to(discounted) - moved) - _LAST, "the second sum with its index moved"),
        (_REWARDS + _up_to(gamma**t * bracket) - _LAST, "one sum"),
        (_up_to(gamma**t * (rewards[t] + bracket)) - _LAST, "the reward into the sum"),
        (_ADVANTAGES - _LAST, "the mean of the bracket is that of the advantage"),
        definitions={adv: sp.Lambda(t, rewards[t] + bracket)},
    )


_RATE, _R_MAX = sp.symbols("x r_max", positive=True)
LARGEST_VALUE = _R_MAX / (1 - sp.exp(-_RATE))
GROWTH = sp.exp(_RATE * T)


def tail(largest: sp.Expr = LARGEST_VALUE) -> sp.Expr:
    r"""The limit of the last term, with :math:`|v_T|` at its largest, :math:`r_{\max}/(1-\gamma)`.

    The discount is written as :math:`e^{-x}` with a positive x.
    """
    return sp.limit(sp.exp(-_RATE * T) * largest, T, sp.oo)


@dataclass(frozen=True)
class Polynomials:
    """Both sides of the lemma with all denominators cleared, policies by ``old`` and ``new``.

    An inverse is an adjugate over a determinant, so what contains one is kept as a polynomial:
    times the determinant of its policy.
    """

    gain: PolyElement  # the difference of the objectives, times both determinants
    determinants: Mapping[str, PolyElement]
    visits: Mapping[str, DomainMatrix]  # a row, times its determinant
    mean_advantages: DomainMatrix  # a column, times the old determinant

    @property
    def n_symbols(self) -> int:
        """How many symbols there are."""
        return self.gain.ring.ngens

    def weighed(self, visits: str) -> tuple[PolyElement, PolyElement]:
        """The gain, and the mean advantages under the visits of a policy, over one denominator."""
        total = _entry(self.visits[visits] * self.mean_advantages)
        if visits == "new":
            return self.gain, total
        # What the old visits contain is over the square of the old determinant.
        return self.gain * self.determinants["old"], total * self.determinants["new"]


def as_polynomials(n_states: int) -> Polynomials:
    r"""The lemma for a few states and two actions, each probability and reward a symbol.

    Both sides are multiplied by :math:`\det(A) \det(B)`, so that the inverses become adjugates.
    Polynomials over the integers have one form: the two sides are equal or they are not.

    Parameters
    ----------
    n_states : int
        2 or 3.
    """
    problem, det, value, visits = _SymbolicProblem(n_states), {}, {}, {}
    for policy in ("old", "new"):
        adjugate, det[policy] = problem.matrix(policy).adj_det()
        value[policy] = adjugate * problem.mean(policy, problem.rewards)
        visits[policy] = problem.start * adjugate
    # det(A) g, where B V is the value minus the discounted mean of the next value.
    advantages = problem.mean("new", problem.rewards) * det["old"]
    advantages -= problem.matrix("new") * value["old"]
    objective = {policy: _entry(problem.start * value[policy]) for policy in det}
    gain = objective["new"] * det["old"] - objective["old"] * det["new"]
    return Polynomials(gain, det, visits, advantages)


class _SymbolicProblem:
    """A problem with two actions and two policies, in which every number is a symbol of a ring."""

    def __init__(self, n_states: int) -> None:
        self.states, last = range(n_states), range(n_states - 1)
        moves = [f"p{s}{a}{z}" for s in self.states for a in range(2) for z in last]
        rewards = [f"r{s}{a}" for s in self.states for a in range(2)]
        policies = [f"{policy}{s}" for policy in "on" for s in self.states]
        names = [*moves, *rewards, *(f"m{s}" for s in last), *policies, "c"]
        space, *symbols = ring(names, sp.ZZ)
        self.at, self.domain = dict(zip(names, symbols, strict=True)), space.to_domain()
        self.start = self._matrix([self._law(f"m{s}" for s in last)])
        self.moves = [
            self._matrix([self._law(f"p{s}{a}{z}" for z in last) for s in self.states])
            for a in range(2)
        ]
        self.rewards = [
            self._matrix([[self.at[f"r{s}{a}"]] for s in self.states]) for a in range(2)
        ]

    def _matrix(self, rows: list[list[PolyElement]]) -> DomainMatrix:
        return DomainMatrix(rows, (len(rows), len(rows[0])), self.domain)

    def _law(self, names: Iterable[str]) -> list[PolyElement]:
        probabilities = [self.at[name] for name in names]
        return [*probabilities, 1 - sum(probabilities, self.domain.zero)]

    def mean(self, policy: str, of: Sequence[DomainMatrix]) -> DomainMatrix:
        """The mean over the actions of what each does in each state, a row."""
        chances = [self.at[f"{policy[0]}{s}"] for s in self.states]  # of the second action
        first, second = of
        return first + DomainMatrix.diag(chances, self.domain) * (second - first)

    def matrix(self, policy: str) -> DomainMatrix:
        """The identity minus the discounted matrix of the Markov chain."""
        chain = self.mean(policy, self.moves)
        return chain.eye(chain.shape, self.domain) - chain * self.at["c"]


def _entry(matrix: DomainMatrix) -> PolyElement:
    return matrix[0, 0].element
