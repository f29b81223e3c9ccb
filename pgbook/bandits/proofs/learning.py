"""Baselines, and the natural gradient."""

from functools import partial

import sympy as sp

from pgbook import ledger, symbols
from pgbook.bandits.proofs.index import P
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import J, a, b, i, j, k, pi, q, same, total

B, m = sp.symbols("b m", real=True)  # a baseline, the plain mean of the action values
t = sp.Symbol("t", positive=True)
w = sp.IndexedBase("w", positive=True)  # a policy at time zero
R0, R1, U, V = sp.symbols("r_0 r_1 u v", real=True)  # rewards of two arms, their updates

POINT = {**symbols.POINT, B: 3, t: sp.log(2), w: [sp.S(1), sp.S(2), sp.S(5)]}
TWO_ARMED_POINT = {P: sp.Rational(1, 3), R0: 5, R1: 7, B: 2}
proves = partial(ledger.proves, generality="any number of arms", point=POINT)


@proves("B12", "the baseline drops out of the mean")
@wrong("without subtracting J", claimed=pi[j] * q[j])
def baseline_drops_out() -> Derivation:
    """A number subtracted from the reward does not change the expected update."""
    return Derivation(
        (total(pi[a] * (q[a] - B) * (same(a, j) - pi[j]), a), "mean update with baseline b"),
        (
            total(pi[a] * q[a] * (same(a, j) - pi[j]), a)
            - B * total(pi[a] * (same(a, j) - pi[j]), a),
            "split the sum",
        ),
        (pi[j] * (q[j] - J) - B * (pi[j] - pi[j] * total(pi[a], a)), "deltas pick arm j"),
        (pi[j] * (q[j] - J), "probabilities sum to one: the baseline is gone"),
        definitions=symbols.DEFINITIONS,
    )


LEAST_AT_VALUE = P * (1 - P) * (P * R1 + (1 - P) * R0 - B) ** 2


@ledger.proves(
    "B12", "two arms: the variance as a function of the baseline",
    generality="all parameters", point=TWO_ARMED_POINT,
)  # fmt: skip
@wrong("least at the expected reward", claimed=LEAST_AT_VALUE)
def two_armed_variance() -> Derivation:
    """Variance of the update of the better arm's preference, by its baseline.

    Arm 1 has probability p and pays r_1, arm 0 pays r_0; the update u or v is the reward minus
    the baseline times the score, which is 1 - p or -p.
    """
    return Derivation(
        (P * U**2 + (1 - P) * V**2 - (P * U + (1 - P) * V) ** 2, "variance of u or v"),
        (P * (1 - P) * (U - V) ** 2, "two values"),
        (P * (1 - P) * ((1 - P) * (R1 - B) + P * (R0 - B)) ** 2, "u and v"),
        (P * (1 - P) * ((1 - P) * R1 + P * R0 - B) ** 2, "collected"),
        definitions={U: (1 - P) * (R1 - B), V: -P * (R0 - B)},
    )


FISHER = {**symbols.DEFINITIONS, m: total(q[b]) / k}


@proves("B24", "Fisher information times q minus its mean")
@wrong("without the policy", claimed=q[j] - J)
def natural_gradient() -> Derivation:
    r"""The Fisher information sends q minus its plain mean to the gradient.

    Entry (j, i) of the Fisher information is :math:`\pi_j(\delta_{ij} - \pi_i)`.
    """
    return Derivation(
        (total(pi[j] * (same(i, j) - pi[i]) * (q[i] - m), i), "row j times the direction"),
        (pi[j] * (q[j] - m) - pi[j] * total(pi[i] * (q[i] - m), i), "the delta picks arm j"),
        (pi[j] * (q[j] - m) - pi[j] * (J - m), "probabilities sum to one"),
        (pi[j] * (q[j] - J), "the gradient"),
        definitions=FISHER,
    )


@proves("B24", "it is the shortest such direction")
@wrong("centred by the policy", claimed=total(q[j], j) - k * J)
def centred() -> Derivation:
    """The direction is orthogonal to the constants, which the Fisher information sends to zero."""
    return Derivation(
        (total(q[j] - m, j), "sum of the direction"),
        (total(q[j], j) - k * m, "a constant, k times"),
        (sp.S.Zero, "m is the mean"),
        definitions=FISHER,
    )


NOW = {pi: sp.Lambda(i, w[i] * sp.exp(q[i] * t) / total(w[b] * sp.exp(q[b] * t)))}


@proves("B24", "the replicator equation, solved")
@wrong("the gradient flow", claimed=pi[j] ** 2 * (q[j] - total(pi[b] * q[b])))
def replicator() -> Derivation:
    r"""Along :math:`H_t = H_0 + tq`, from the policy w at time zero."""
    weights = total(w[b] * sp.exp(q[b] * t))
    return Derivation(
        (Partial(pi[j], t), "how fast a probability moves"),
        (
            q[j] * w[j] * sp.exp(q[j] * t) / weights
            - w[j] * sp.exp(q[j] * t) * total(q[b] * w[b] * sp.exp(q[b] * t)) / weights**2,
            "quotient rule",
        ),
        (pi[j] * (q[j] - total(pi[b] * q[b])), "definition of the policy"),
        definitions=NOW,
    )
