"""What a baseline does to mean and variance, derived."""

from collections.abc import Sequence
from functools import partial

import sympy as sp

from pgbook import ledger, symbols
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, H, J, a, j, pi, q, total
from pgbook.unbiased.proofs.generalization import FAMILIES, mu, sigma, x
from pgbook.unbiased.proofs.index import P
from pgbook.unbiased.proofs.proof import coin_mean

v, B, M = sp.symbols("v b m", real=True)  # value of a state, baseline, mean of the estimate
R0, R1 = sp.symbols("r_0 r_1", real=True)
S = sp.IndexedBase("s", nonnegative=True)  # squared score of each action
BETA = sp.IndexedBase("beta", real=True)  # a baseline for each action
POINT = {**symbols.POINT, B: 3, M: 2, v: 5, S: [sp.S(2), sp.S(3), sp.S.One], BETA: [1, 4, 3]}
SCORE = Partial(sp.log(pi[a]), H[j])
proves = partial(ledger.proves, generality="any number of actions", point=POINT)


@proves("U17", "baseline times score has mean zero")
@wrong("of its own action value", claimed=total(pi[a] * BETA[a] * SCORE, a))
def baseline_drops_out() -> Derivation:
    """The mean of a baseline times the score, for a number that does not depend on the action."""
    return Derivation(
        (total(pi[a] * v * SCORE, a), "mean of baseline times score"),
        (total(v * Partial(pi[a], H[j]), a), "derivative of a logarithm"),
        (v * total(Partial(pi[a], H[j]), a), "v does not depend on the action"),
        (v * Partial(total(pi[a], a), H[j]), "finite sum"),
        (sp.S.Zero, "probabilities sum to one"),
        definitions=DEFINITIONS,
    )


@proves("U16", "a zero subtracted, to the last line")
@wrong("a baseline that depends on the action", claimed=total(pi[a] * (q[a] - BETA[a]) * SCORE, a))
def zero_subtracted() -> Derivation:
    """The lines of document 002 for a baseline, with the one before which they stop."""
    return Derivation(
        (
            Partial(total(pi[a] * q[a], a), H[j]) - Partial(total(pi[a] * v, a), H[j]),
            "the gradient, minus a zero",
        ),
        (total((q[a] - v) * Partial(pi[a], H[j]), a), "finite sums; q and v are constants"),
        (total(pi[a] * (q[a] - v) * SCORE, a), "derivative of a logarithm"),
        definitions=DEFINITIONS,
    )


# Means over the actions, as they are printed.
M0, M1, M2 = (sp.Symbol(rf"\mathbb{{E}}[{name}]", real=True) for name in ("s", "R s", "R^2 s"))
MEANS = {mean: total(pi[a] * q[a] ** power * S[a], a) for power, mean in enumerate((M0, M1, M2))}
LEAST_AT_VALUE = M2 - M**2 + M0 * ((B - J) ** 2 - J**2)


@proves("U15", "the variance is a parabola in the baseline")
@wrong("least at the expected reward", claimed=LEAST_AT_VALUE)
def variance_parabola() -> Derivation:
    r"""Variance of :math:`(R - b)\psi` as a function of b; s is the squared score."""
    return Derivation(
        (total(pi[a] * (q[a] - B) ** 2 * S[a], a) - M**2, "second moment minus squared mean"),
        (M2 - M**2 - 2 * B * M1 + B**2 * M0, "the square expanded"),
        (M2 - M**2 + B * (B - 2 * M1 / M0) * M0, "smaller than without iff 0 < b/b* < 2"),
        (M2 - M**2 - M1**2 / M0 + (B - M1 / M0) ** 2 * M0, "least at b*"),
        definitions={**DEFINITIONS, **MEANS},
    )


def least_variance(variance: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The baseline at which the derivative of a variance is zero, and the variance there."""
    (best,) = sp.solve(sp.diff(variance, B), B)
    return sp.factor(best), sp.simplify(variance.subs(B, best))


def bernoulli_baseline() -> sp.Expr:
    """Variance of the score estimate of two actions in the logit, rewards without noise."""
    up, down = (1 - P) * (R1 - B), -P * (R0 - B)
    mean = P * up + (1 - P) * down
    return sp.expand(P * up**2 + (1 - P) * down**2 - mean**2)


def normal_variance() -> sp.Expr:
    """Variance of the score estimate of the mean of a normal law, payoff x squared."""
    law = FAMILIES["Normal, mean"]
    score = (x - mu) / sigma**2
    second = law.mean(lambda density: (x**2 - B) ** 2 * score**2)
    return sp.expand(second - (2 * mu) ** 2)


def batch_mean(n_samples: int, *, own: bool) -> sp.Expr:
    """Mean of a batch of estimates of two actions in the logit, by enumeration of all batches.

    The baseline of a sample is the mean reward of the batch, with the sample's own reward
    (`own`) or without it.
    """
    averaged = n_samples if own else n_samples - 1

    def estimate(actions: Sequence[int], scores: Sequence[sp.Expr]) -> sp.Expr:
        rewards = [R1 if action else R0 for action in actions]
        baselines = [(sum(rewards) - (0 if own else r)) / averaged for r in rewards]
        each = zip(rewards, baselines, scores, strict=True)
        return sum((reward - b) * score for reward, b, score in each) / n_samples

    return coin_mean(estimate, n_samples)
