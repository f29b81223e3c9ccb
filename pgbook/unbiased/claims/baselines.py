"""What subtracting a baseline changes: claims U15, U15b, U16 and U17."""

from collections.abc import Callable
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, policies, symbols
from pgbook.derivation import Partial
from pgbook.ledger import Check, Evidence
from pgbook.symbols import DEFINITIONS, H, a, j, pi, q, total
from pgbook.unbiased import numeric, symbolic
from pgbook.unbiased.claims.common import N, proves, random_bandits, random_chains
from pgbook.unbiased.numeric import OneStep
from pgbook.unbiased.symbolic.baselines import R0, R1, B, M, P, S, v
from pgbook.unbiased.symbolic.families import mu, sigma

POINT = {**symbols.POINT, B: 3, M: 2, v: 5, S: [sp.S(2), sp.S(3), sp.S.One]}
BETA = sp.IndexedBase("beta", real=True)
VALUE = P * R1 + (1 - P) * R0
GRADIENT = P * (1 - P) * (R1 - R0)


def solved(variance: Callable[[], sp.Expr], best: sp.Expr, least: sp.Expr) -> Evidence:
    """The baseline of least variance and the variance there, solved for and not assumed."""
    point = {P: sp.Rational(1, 3), R0: 5, R1: 7, mu: 3, sigma: 2}
    for found, claimed in zip(symbolic.least_variance(variance()), (best, least), strict=True):
        evidence = ledger.symbolic(found, claimed, "all parameters", point=point)
        if not evidence.passed:
            return evidence
    return evidence


def at_value(variance: sp.Expr) -> Evidence:
    """The variance for the normal law if the baseline is the mean payoff."""
    found = symbolic.normal_variance().subs(B, mu**2 + sigma**2)
    return ledger.symbolic(found, variance, "all μ and σ", point={mu: 3, sigma: 2})


def no_better_constant(baseline: Callable[[OneStep], float] = OneStep.optimal_baseline) -> Evidence:
    """No other number has less variance."""
    gains, rng = [], np.random.default_rng(701)
    for policy, values in random_bandits(300, seed=701):
        problem = numeric.bandit(policy, values)
        least = problem.estimates(baseline(problem)).variance()
        others = [problem.estimates(b).variance() for b in rng.normal(size=20)]
        gains.append(min(others) - least)
    return ledger.true_in(np.array(gains) >= -1e-12, "300 bandits, 20 numbers each", seed=701)


def helps_between(upper: float = 2.0) -> Evidence:
    """A baseline lowers the variance exactly between zero and twice the best one."""
    agree, rng = [], np.random.default_rng(702)
    for policy, values in random_bandits(300, seed=702):
        problem = numeric.bandit(policy, values)
        b, best = rng.normal(scale=2), problem.optimal_baseline()
        helps = problem.estimates(b).variance() < problem.estimates().variance()
        agree.append(helps == (0 < b / best < upper))
    return ledger.true_in(np.array(agree), "300 bandits and baselines", seed=702)


def sixty_four_times(baseline: float = 0.9) -> Evidence:
    """Two arms that pay 0 and 1, the better one with probability 0.9, in the logit."""
    problem = numeric.bandit([0.1, 0.9], [0.0, 1.0])
    none, value = (problem.estimates(b).covariance()[1, 1] for b in (0.0, baseline))
    return ledger.exact(np.array([none - 9e-4, value - 0.0576, value / none - 64]), "one bandit")


def swapped_is_exact(baseline: Callable | None = None) -> Evidence:
    """Two arms without noise at the best baseline: every sample is the gradient."""
    policy, values = policies.softmax([0.0, 1.2]), np.array([1.0, 3.0])
    b = (baseline or (lambda p, r: p[0] * r[1] + p[1] * r[0]))(policy, values)
    found = numeric.sample_score_estimates(
        policy, values, baselines=[b], n_samples=N, rng=np.random.default_rng(703)
    )
    truth = policies.policy_gradient(policy, values)
    errors = np.append(found.mean[0] - truth, found.standard_error[0])
    return ledger.exact(errors, f"mean and standard error of {N:,} samples", seed=703)


def table_is_best(table: str = "optimal") -> Evidence:
    """On a chain no other table of baselines by time and state has less variance."""
    gains, rng = [], np.random.default_rng(704)
    for chain, h in random_chains(60, seed=704):
        paths = chain.trajectories(h)
        tables = {"optimal": paths.optimal_baseline(), "values": chain.at(h).state_values}

        def variance(b, paths=paths):
            return paths.reward_to_go(paths.state_baseline(b)).variance()

        best = tables[table]
        moved = min(variance(best + step) for step in rng.normal(scale=0.3, size=(10, *best.shape)))
        gains.append(moved - variance(best))
    return ledger.true_in(np.array(gains) >= -1e-12, "60 chains, 10 tables each", seed=704)


def batch_of(n_samples: int, factor: sp.Expr, *, own: bool) -> Evidence:
    """The mean over all batches of N samples of two actions, symbolic in p and the rewards."""
    found = symbolic.batch_mean(n_samples, own=own)
    point = {P: sp.Rational(1, 3), R0: 5, R1: 7}
    return ledger.symbolic(found, factor * GRADIENT, f"N = {n_samples}, two actions", point=point)


def batches(baseline: str, factor: Callable[[int], float]) -> Evidence:
    """The mean over all batches, for several arms."""
    errors = []
    for policy, values in random_bandits(40, seed=705):
        for n in (2, 3, 4):
            mean = numeric.bandit(policy, values).batches(n, baseline).mean()
            truth = factor(n) * policies.policy_gradient(policy, values)
            errors.append(np.abs(mean - truth).max())
    return ledger.exact(np.array(errors), "40 bandits, N = 2, 3, 4, all batches", seed=705)


def batch_variances(factor: Callable[[int], float] = lambda n: 1.0) -> Evidence:
    """The formula for the variance of a batch against enumeration."""
    errors = []
    for policy, values in random_bandits(40, seed=706):
        for n in (2, 3, 4):
            for name in numeric.BATCH_BASELINES:
                problem = numeric.bandit(policy, values)
                found = problem.batch_variance(n, name) * factor(n)
                errors.append(found - problem.batches(n, name).variance())
    return ledger.exact(np.array(errors), "40 bandits, N = 2, 3, 4, all batches", seed=706)


def same_up_to_a_factor(factor: Callable[[int], float] = lambda n: (n - 1) / n) -> Evidence:
    """Batch by batch, the estimate with the own mean is a multiple of that without it."""
    errors = []
    for policy, values in random_bandits(40, seed=707):
        problem = numeric.bandit(policy, values)
        for n in (2, 3, 4):
            own, others = (problem.batches(n, b).values for b in ("own mean", "leave one out"))
            errors.append(np.abs(own - factor(n) * others).max())
    return ledger.exact(np.array(errors), "40 bandits, N = 2, 3, 4, all batches", seed=707)


def mean_unchanged(baseline: Callable = lambda rng, policy, values: rng.normal()) -> Evidence:
    """The mean of the estimate is the gradient whatever is subtracted."""
    errors, rng = [], np.random.default_rng(708)
    for policy, values in random_bandits(300, seed=708):
        estimates = numeric.bandit(policy, values).estimates(baseline(rng, policy, values))
        errors.append(np.abs(estimates.mean() - policies.policy_gradient(policy, values)).max())
    return ledger.exact(np.array(errors), "300 bandits and baselines", seed=708)


def depends_harmlessly(power: int = 2) -> Evidence:
    """A baseline that depends on the draw, and yet has mean zero when multiplied by the score."""
    family, errors = numeric.FAMILIES["Normal(θ, 1)"], []
    for theta in np.linspace(-2, 2, 9):
        draws, _ = family.nodes(theta)
        estimates = family.one_step(theta, 2).estimates((draws - theta) ** power)
        errors.append(estimates.mean()[0] - family.derivative(theta, 2))
    return ledger.exact(np.array(errors), "normal law, nine values of θ")


def _sum(term: sp.Expr, claimed: sp.Expr = sp.S.Zero) -> Evidence:
    return ledger.symbolic(
        term, claimed, "any number of actions", point={**POINT, BETA: [1, 4, 3]},
        definitions=DEFINITIONS,
    )  # fmt: skip


_proves = partial(proves, point=POINT)
_SCORE = Partial(sp.log(pi[a]), H[j])

_WEIGHT = total(pi[a] * S[a], a)
_NONE = total(pi[a] * q[a] ** 2 * S[a], a) - M**2
LEAST_AT_VALUE = _NONE - symbols.J**2 * _WEIGHT + _WEIGHT * (B - symbols.J) ** 2

BASELINES = {
    "U15": (
        Check(
            "the variance is a parabola in the baseline",
            partial(_proves, symbolic.variance_parabola),
            {
                "least at the expected reward": partial(
                    _proves, symbolic.variance_parabola, LEAST_AT_VALUE
                )
            },
        ),
        Check(
            "two actions: solved, swapped probabilities, no variance left",
            partial(solved, symbolic.bernoulli_baseline, P * R0 + (1 - P) * R1, sp.S.Zero),
            {"the expected reward": partial(solved, symbolic.bernoulli_baseline, VALUE, sp.S.Zero)},
        ),
        Check(
            "normal law, payoff x²: solved",
            partial(
                solved,
                symbolic.normal_variance,
                mu**2 + 3 * sigma**2,
                6 * sigma**2 + 8 * mu**2,
            ),
            {
                "the mean payoff": partial(
                    solved, symbolic.normal_variance, mu**2 + sigma**2, 6 * sigma**2 + 8 * mu**2
                )
            },
        ),
        Check(
            "normal law: the variance at the mean payoff",
            partial(at_value, 10 * sigma**2 + 8 * mu**2),
            {"as small as the least": partial(at_value, 6 * sigma**2 + 8 * mu**2)},
        ),
        Check(
            "no better number on random bandits",
            no_better_constant,
            {
                "the expected reward": partial(
                    no_better_constant, lambda problem: problem.weights @ problem.payoffs
                )
            },
        ),
        Check(
            "helps exactly between 0 and 2b*",
            helps_between,
            {"between 0 and b*": partial(helps_between, 1.0)},
        ),
        Check(
            "the value as a baseline: 64 times the variance",
            sixty_four_times,
            {"the best baseline": partial(sixty_four_times, 0.1)},
        ),
        Check(
            "samples at the best baseline do not vary",
            swapped_is_exact,
            {"the expected reward": partial(swapped_is_exact, policies.expected_reward)},
        ),
        Check(
            "chains: the best table of baselines",
            table_is_best,
            {"the values of the states": partial(table_is_best, "values")},
        ),
    ),
    "U15b": (
        *(
            Check(
                f"own mean, N = {n}",
                partial(batch_of, n, 1 - sp.S.One / n, own=True),
                {"unbiased": partial(batch_of, n, sp.S.One, own=True)},
            )
            for n in (2, 3)
        ),
        *(
            Check(
                f"leave one out, N = {n}",
                partial(batch_of, n, sp.S.One, own=False),
                {"shrunk": partial(batch_of, n, 1 - sp.S.One / n, own=False)},
            )
            for n in (2, 3)
        ),
        Check(
            "more arms, own mean",
            partial(batches, "own mean", lambda n: 1 - 1 / n),
            {"unbiased": partial(batches, "own mean", lambda n: 1.0)},
        ),
        Check(
            "more arms, leave one out",
            partial(batches, "leave one out", lambda n: 1.0),
            {"own mean": partial(batches, "own mean", lambda n: 1.0)},
        ),
        Check(
            "the variance of a batch",
            batch_variances,
            {"one sample more": partial(batch_variances, lambda n: n / (n + 1))},
        ),
        Check(
            "the same estimate up to a factor",
            same_up_to_a_factor,
            {"no factor": partial(same_up_to_a_factor, lambda n: 1.0)},
        ),
    ),
    "U16": (
        Check(
            "a zero subtracted, to the last line",
            partial(_proves, symbolic.zero_subtracted),
            {
                "a baseline that depends on the action": partial(
                    _proves,
                    symbolic.zero_subtracted,
                    total(pi[a] * (q[a] - BETA[a]) * _SCORE, a),
                    point={**POINT, BETA: [1, 4, 3]},
                )
            },
        ),
    ),
    "U17": (
        Check(
            "baseline times score has mean zero",
            partial(_proves, symbolic.baseline_drops_out),
            {
                "of its own action value": partial(
                    _proves,
                    symbolic.baseline_drops_out,
                    total(pi[a] * BETA[a] * _SCORE, a),
                    point={**POINT, BETA: [1, 4, 3]},
                ),
            },
        ),
        Check(
            "any number, by enumeration",
            mean_unchanged,
            {
                "the action value": partial(mean_unchanged, lambda rng, policy, values: values),
                "an own number for each action": partial(
                    mean_unchanged, lambda rng, policy, values: rng.normal(size=policy.size)
                ),
            },
        ),
        Check(
            "parameters of the policy in the baseline, not differentiated",
            partial(_sum, H[j] * total(pi[a] * _SCORE, a)),
            {"differentiated": partial(_sum, Partial(H[j] * total(pi[a], a), H[j]))},
        ),
        Check(
            "a baseline that depends on the draw may be harmless",
            depends_harmlessly,
            {"the draw itself": partial(depends_harmlessly, 1)},
        ),
    ),
}
