"""The proof of document 002 line by line, for any number of actions, and a coin tossed twice."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, POINT, H, a, i, j, k, pi, q, same, total
from pgbook.unbiased.proofs.index import LOGISTIC, R0, R1, P, z

gamma = sp.Symbol(r"\gamma", positive=True)
Q0, Q1 = sp.symbols("Q_0 Q_1", real=True)
COIN_POINT = {z: sp.log(2), gamma: sp.Rational(1, 3), R0: 2, R1: 7, P: sp.Rational(2, 3)}
proves = partial(ledger.proves, generality="any number of actions", point=POINT)
proves_for_coin = partial(ledger.proves, generality="all parameters", point=COIN_POINT)


def _lines(variable: sp.Expr, name: str) -> tuple[tuple[sp.Expr, str], ...]:
    """The lines of the document, in one variable of the policy."""
    ratio = sp.UnevaluatedExpr(Partial(pi[a], variable) / pi[a])
    return (
        (Partial(total(pi[a] * q[a], a), variable), "gradient of the expected return"),
        (total(Partial(pi[a] * q[a], variable), a), "finite sum: derivative of each term"),
        (total(q[a] * Partial(pi[a], variable), a), f"q does not depend on the {name}"),
        (total(pi[a] * q[a] * ratio, a), "times and divided by π > 0"),
        (total(pi[a] * q[a] * Partial(sp.log(pi[a]), variable), a), "derivative of a logarithm"),
    )


@proves("U9", "finitely many actions: derivative of each term")
@wrong("without the factor of the policy", claimed=total(q[a] * Partial(sp.log(pi[a]), H[j]), a))
@proves("U13", "the whole proof", claimed=total(pi[a] * q[a] * (same(a, j) - pi[j]), a))
@wrong("the score without its mean", claimed=total(pi[a] * q[a] * same(a, j), a))
def proof() -> Derivation:
    r"""The gradient of :math:`\sum_a \pi_a q_a`, if no :math:`q_a` depends on the preferences."""
    return Derivation(*_lines(H[j], "preferences"), definitions=DEFINITIONS)


theta, action = sp.Symbol(r"\theta", real=True), sp.Symbol("n")
F, G = sp.Function("F", positive=True), sp.Function("G", real=True)  # of action and parameter
ANY_POINT = {
    F: sp.Lambda((action, theta), (1 + action * theta) / (3 + 3 * theta)),
    G: sp.Lambda((action, theta), action * sp.log(1 + theta)),
    theta: 1, k: 3, a: 2, q: [sp.S(3), sp.S(-1), sp.S(2)],
}  # fmt: skip


@ledger.proves(
    "U13", "the whole proof, any policy", generality="any positive, differentiable policy",
    point=ANY_POINT,
)  # fmt: skip
@wrong("not averaged", claimed=total(q[a] * Partial(sp.log(pi[a]), theta), a))
def any_policy() -> Derivation:
    """The same lines for a policy of which nothing is known but that it is positive."""
    return Derivation(*_lines(theta, "parameter"), definitions={pi: sp.Lambda(i, F(i, theta))})


@ledger.proves(
    "U13", "the score of a network", generality="any differentiable preferences", point=ANY_POINT
)
@wrong("the slope of its own preference alone", claimed=Partial(H[a], theta))
def network_score() -> Derivation:
    """The score in a weight of a network that puts out the preferences of a softmax."""
    return Derivation(
        (Partial(sp.log(pi[a]), theta), "the score in a weight"),
        (total((same(a, j) - pi[j]) * Partial(H[j], theta), j), "chain rule, all preferences"),
        (Partial(H[a], theta) - total(pi[j] * Partial(H[j], theta), j), "the delta picks a"),
        definitions={**DEFINITIONS, H: sp.Lambda(i, G(i, theta))},
    )


@proves_for_coin("U10", "the product rule for a coin tossed twice")
@wrong("without the slope of Q", claimed=P * (1 - P))
def product_rule() -> Derivation:
    """Two tosses of a coin: the term that a fixed Q would lose."""
    definitions = {**LOGISTIC, Q0: gamma * P, Q1: 1 + gamma * P}
    frozen = Q0 * Partial(1 - P, z) + Q1 * Partial(P, z)
    moving = (1 - P) * Partial(Q0, z) + P * Partial(Q1, z)
    return Derivation(
        (Partial((1 - P) * Q0 + P * Q1, z), "gradient of the mean of Q"),
        (frozen + moving, "product rule: two terms"),
        ((Q1 - Q0) * Partial(P, z) + moving, "probabilities sum to one"),
        (Partial(P, z) + moving, "Q₁ − Q₀ = 1: the printed term"),
        (Partial(P, z) + gamma * Partial(P, z), "Q₀ and Q₁ contain γp: the missing term"),
        ((1 + gamma) * P * (1 - P), "derivative of the logistic function"),
        definitions=definitions,
    )


@proves_for_coin("U5b", "the gradient, if the first action is the next state")
@wrong("zero, as the score of the second action says", claimed=sp.S.Zero)
def dependent_state() -> Derivation:
    """The expected reward in a state that the first action chose; only that state pays."""
    return Derivation(
        (Partial((1 - P) * R0 + P * R1, z), "gradient of the mean of R at time 1"),
        ((R1 - R0) * Partial(P, z), "rewards do not depend on z"),
        ((R1 - R0) * P * (1 - P), "derivative of the logistic function"),
        definitions=LOGISTIC,
    )


Estimator = Callable[[Sequence[int], Sequence[sp.Expr]], sp.Expr]


def coin_mean(estimator: Estimator, n_steps: int = 2) -> sp.Expr:
    """Mean of an estimator over all trajectories of a coin; a step pays its action.

    Parameters
    ----------
    estimator : callable
        Takes the rewards and the scores of a trajectory.
    n_steps : int

    Returns
    -------
    sympy.Expr
        A polynomial in p and the discount.
    """
    mean = sp.S.Zero
    for actions in product((0, 1), repeat=n_steps):
        chance = sp.Mul(*(P if action else 1 - P for action in actions))
        mean += chance * estimator(actions, [action - P for action in actions])
    return sp.expand(mean)


def return_from(rewards: Sequence[int], t: int) -> sp.Expr:
    """The discounted return from time t on."""
    return sp.Add(*(gamma**i * reward for i, reward in enumerate(rewards[t:])))


#: Estimators of the slope for a coin tossed twice, of rewards and scores, by name.
COIN_ESTIMATORS: dict[str, Estimator] = {
    "single time": lambda r, s: return_from(r, 0) * s[0],
    "no discount": lambda r, s: sum(return_from(r, t) * score for t, score in enumerate(s)),
    "full score": lambda r, s: return_from(r, 0) * sum(s),
    "reward to go": lambda r, s: sum(
        gamma**t * return_from(r, t) * score for t, score in enumerate(s)
    ),
}
