"""Rewards of the past, the missing discount, a learned critic: the recap of the slides."""

from functools import partial
from itertools import product

import sympy as sp

from pgbook import ledger, symbols
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, a, b, j, pi, same, total

z, y = sp.symbols("z y", real=True)
p, q, gamma, c = sp.symbols(r"p q \gamma c", positive=True)
R0, R1 = sp.symbols("r_0 r_1", real=True)
U0, U1 = sp.symbols("u_0 u_1", positive=True)
S0, S1 = sp.symbols(r"\bar{\psi}_0 \bar{\psi}_1", real=True)
SECOND = {
    **{U: sp.Function(U.name, positive=True)(z) for U in (U0, U1)},  # any functions of z
    **{
        S: (1 - U) * Partial(sp.log(1 - U), z) + U * Partial(sp.log(U), z)
        for S, U in ((S0, U0), (S1, U1))
    },
}
C = sp.IndexedBase("c", real=True)  # error of a critic

LOGISTIC = {p: sp.exp(z) / (1 + sp.exp(z)), q: sp.exp(y) / (1 + sp.exp(y))}
POINT = {
    z: sp.log(2), y: sp.log(3), gamma: sp.Rational(1, 2), c: 5, R0: 2, R1: 7,
    p: sp.Rational(2, 3), q: sp.Rational(3, 4), SECOND[U0]: sp.exp(z) / (3 + sp.exp(z)),
    SECOND[U1]: 1 / (1 + sp.exp(2 * z)),
}  # fmt: skip
proves = partial(ledger.proves, generality="all parameters", point=POINT)


@proves("G4", "the mean score after any first action")
@wrong("of action 1 alone", claimed=Partial(U0, z))
def mean_score() -> Derivation:
    """The mean of the score at time 1 after the first action 0, of a policy that may know it."""
    return Derivation(
        (SECOND[S0].subs(SECOND[U0], U0), "mean of the second score, after the first action 0"),
        (Partial(1 - U0, z) + Partial(U0, z), "π ∂ log π is ∂π"),
        (sp.S.Zero, "probabilities sum to one, whatever happened before"),
        definitions=SECOND,
    )


@proves("G4", "past rewards, any second policy")
@wrong("the past does not vanish", claimed=R1 * p * (1 - p))
def past_reward() -> Derivation:
    """The reward of time 0 times the score of time 1; the second policy may know the first action.

    u₀ and u₁ are the probabilities of action 1 at time 1, after action 0 and after action 1; ψ̄₀
    and ψ̄₁ the means of the second score there.
    """
    return Derivation(
        ((1 - p) * R0 * S0 + p * R1 * S1, "mean of past reward times score"),
        (sp.S.Zero, "both mean scores are zero"),
        definitions=LOGISTIC | SECOND,
    )


def two_steps(*, discounted: bool) -> tuple[sp.Expr, sp.Expr]:
    """Mean REINFORCE direction for two steps, of which only the second pays; logits z and y.

    Action 1 of the first state leads to the second, whose action 1 pays 1; all else ends and pays
    nothing. So one trajectory counts, that of both actions 1, with the scores 1 − p and 1 − q.
    """
    chance, to_go = p * q, gamma if discounted else sp.S.One
    return chance * (1 - p) * gamma, chance * (1 - q) * to_go


@proves("G4b", "two stages: mixed derivatives without γᵗ differ", discounted=False)
@wrong("they agree", claimed=sp.S.Zero)
@proves("G4b", "two stages: mixed derivatives with γᵗ agree", discounted=True)
@wrong("they differ", claimed=p * (1 - p))
def curl(*, discounted: bool) -> Derivation:
    """How far the direction is from a gradient, whose mixed derivatives agree."""
    first, second = two_steps(discounted=discounted)
    weight = gamma if discounted else sp.S.One
    return Derivation(
        (Partial(second, z) - Partial(first, y), "difference of the mixed derivatives"),
        (
            weight * q * (1 - q) * Partial(p, z) - gamma * p * (1 - p) * Partial(q, y),
            "each component contains the other's probability",
        ),
        ((weight - gamma) * p * (1 - p) * q * (1 - q), "derivative of the logistic function"),
        definitions=LOGISTIC,
    )


def _variance() -> sp.Expr:
    """Of reward to go over the tosses of a coin with rewards −c and then c, whatever is tossed."""
    mean = square = sp.S.Zero
    for first, second in product((0, 1), repeat=2):
        chance = (p if first else 1 - p) * (p if second else 1 - p)
        value = (-c + c) * (first - p) + c * (second - p)
        mean, square = mean + chance * value, square + chance * value**2
    return sp.expand(square - mean**2)


@proves("G4c", "the variance of reward to go")
@wrong("zero as well", claimed=sp.S.Zero)
def reward_to_go_variance() -> Derivation:
    """Reward to go drops the first reward, which had cancelled the second."""
    return Derivation(
        (_variance(), "all four trajectories"),
        (c**2 * ((1 - p) * p**2 + p * (1 - p) ** 2), "c times the score of the second toss"),
        (c**2 * p * (1 - p), "variance of a toss"),
    )


@ledger.proves(
    "G6",
    "what a wrong critic adds",
    generality="any number of actions",
    point={**symbols.POINT, C: [sp.S(1), sp.S(4), sp.S(3)]},
)
@wrong("its own size", claimed=pi[j] * C[j])
def critic_error() -> Derivation:
    """What the error c(a) of a critic adds to the mean direction, in the preference of action j."""
    return Derivation(
        (total(pi[a] * C[a] * (same(a, j) - pi[j]), a), "mean of error times score"),
        (pi[j] * C[j] - pi[j] * total(pi[a] * C[a], a), "the delta picks action j"),
        (pi[j] * (C[j] - total(pi[b] * C[b])), "zero if the error does not depend on the action"),
        definitions=DEFINITIONS,
    )
