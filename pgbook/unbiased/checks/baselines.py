"""What subtracting a baseline changes: the mean, the variance, and batches."""

import numpy as np
import sympy as sp

from pgbook import evidence, policies
from pgbook.derivation import Partial
from pgbook.evidence import SAMPLES
from pgbook.ledger import Cases, check, wrong
from pgbook.outcomes import BATCH_BASELINES, OneStep, bandit
from pgbook.policies import policy_gradient, softmax
from pgbook.symbols import DEFINITIONS, H, a, j, pi, total
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import all_paths, at, policies_and_values, problems
from pgbook.unbiased.proofs import baselines as proofs
from pgbook.unbiased.proofs.baselines import POINT, R0, R1, SCORE, B, P
from pgbook.unbiased.proofs.generalization import mu, sigma

NUMBERS = {P: sp.Rational(1, 3), R0: 5, R1: 7, mu: 3, sigma: 2}
SWAPPED, VALUE = P * R0 + (1 - P) * R1, P * R1 + (1 - P) * R0
LEAST = 6 * sigma**2 + 8 * mu**2


@check(
    "U15",
    "two actions: solved, swapped probabilities, no variance left",
    variance=proofs.bernoulli_baseline,
    best=SWAPPED,
    least=sp.S.Zero,
)
@wrong("the expected reward", best=VALUE)
@check(
    "U15",
    "normal law, payoff x²: solved",
    variance=proofs.normal_variance,
    best=mu**2 + 3 * sigma**2,
    least=LEAST,
)
@wrong("the mean payoff", best=mu**2 + sigma**2)
def solved(variance, best, least):
    pairs = zip(proofs.least_variance(variance()), (best, least), strict=True)
    of_best, of_least = (evidence.symbolic(*p, "all parameters", point=NUMBERS) for p in pairs)
    return of_least if of_best.passed else of_best


@check("U15", "normal law: the variance at the mean payoff")
@wrong("as small as the least", claimed=LEAST)
def at_mean_payoff(claimed=10 * sigma**2 + 8 * mu**2):
    variance = proofs.normal_variance().subs(B, mu**2 + sigma**2)
    return evidence.symbolic(variance, claimed, "all μ and σ", point={mu: 3, sigma: 2})


@check(
    "U15",
    "no better number on random bandits",
    policies_and_values(300, 701, "bandits, 20 numbers each"),
    seed=701,
)
@wrong("the expected reward", baseline=lambda problem: problem.weights @ problem.payoffs)
def no_better_constant(policy, values, rng, baseline=OneStep.optimal_baseline):
    problem = bandit(policy, values)
    others = [problem.estimates(b).variance() for b in rng.normal(size=20)]
    return min(others) - problem.estimates(baseline(problem)).variance() >= -1e-12


@check(
    "U15",
    "helps exactly between 0 and 2b*",
    policies_and_values(300, 702, "bandits and baselines"),
    seed=702,
)
@wrong("between 0 and b*", upper=1.0)
def helps_between(policy, values, rng, upper=2.0):
    problem, b = bandit(policy, values), rng.normal(scale=2)
    helps = problem.estimates(b).variance() < problem.estimates().variance()
    return helps == (0 < b / problem.optimal_baseline() < upper)


@check("U15", "the value as a baseline: 64 times the variance", "one bandit")
@wrong("the best baseline", baseline=0.1)
def sixty_four_times(baseline=0.9):
    """Two arms that pay 0 and 1, the better one with probability 0.9, in the logit."""
    problem = bandit([0.1, 0.9], [0.0, 1.0])
    none, value = (problem.estimates(b).covariance()[1, 1] for b in (0.0, baseline))
    return np.array([none - 9e-4, value - 0.0576, value / none - 64])


@check(
    "U15",
    "samples at the best baseline do not vary",
    f"mean and standard error of {SAMPLES:,} samples",
    seed=703,
)
@wrong("the expected reward", baseline=policies.expected_reward)
def swapped_is_exact(rng, baseline=lambda p, q: p[0] * q[1] + p[1] * q[0]):
    policy, values = softmax([0.0, 1.2]), np.array([1.0, 3.0])
    size = {"baselines": [baseline(policy, values)], "n_samples": SAMPLES}
    estimates = numeric.sample_score_estimates(policy, values, **size, rng=rng)
    truth = policy_gradient(policy, values)
    return np.append(estimates.mean[0] - truth, estimates.standard_error[0])


@check(
    "U15",
    "short problems: the best table of baselines",
    problems(60, 704, "60 problems, 10 tables each"),
    seed=704,
)
@wrong("the values of the states", table="values")
def table_is_best(problem, h, rng, table="optimal"):
    paths = all_paths(problem, h)
    tables = {"optimal": paths.optimal_baseline(), "values": at(problem, h).state_values}
    best, steps = tables[table], rng.normal(scale=0.3, size=(10, *tables[table].shape))
    least, *others = (
        paths.reward_to_go(paths.state_baseline(b)).variance() for b in (best, *(best + steps))
    )
    return min(others) - least >= -1e-12


HALF, TWO_THIRDS = sp.S.Half, sp.Rational(2, 3)


@check("U15b", "own mean, N = 2", n=2, own=True, factor=HALF)
@wrong("unbiased", factor=1)
@check("U15b", "own mean, N = 3", n=3, own=True, factor=TWO_THIRDS)
@wrong("unbiased", factor=1)
@check("U15b", "leave one out, N = 2", n=2, own=False, factor=1)
@wrong("shrunk", factor=HALF)
@check("U15b", "leave one out, N = 3", n=3, own=False, factor=1)
@wrong("shrunk", factor=TWO_THIRDS)
def batch_of(n, own, factor):
    gradient = P * (1 - P) * (R1 - R0)
    sides = proofs.batch_mean(n, own=own), factor * gradient
    return evidence.symbolic(*sides, f"N = {n}, two actions", point=NUMBERS)


def _batches(seed):
    def draw(_):
        family = policies_and_values(40, seed, "").drawn
        return [(bandit(*case), n) for case in family for n in (2, 3, 4)]

    return Cases("40 bandits, N = 2, 3, 4, all batches", draw, seed)


OF_BATCHES = _batches(705)


@check("U15b", "more arms, own mean", OF_BATCHES, baseline="own mean", factor=lambda n: 1 - 1 / n)
@wrong("unbiased", factor=lambda n: 1.0)
@check(
    "U15b", "more arms, leave one out", OF_BATCHES, baseline="leave one out", factor=lambda n: 1.0
)
@wrong("own mean", baseline="own mean")
def batches(arms, n, baseline, factor):
    truth = factor(n) * policy_gradient(arms.weights, arms.payoffs)
    return arms.batches(n, baseline).mean() - truth


@check("U15b", "the variance of a batch", _batches(706))
@wrong("one sample more", factor=lambda n: n / (n + 1))
def batch_variances(arms, n, factor=lambda n: 1.0):
    formulas = [arms.batch_variance(n, name) * factor(n) for name in BATCH_BASELINES]
    return formulas - np.array([arms.batches(n, name).variance() for name in BATCH_BASELINES])


@check("U15b", "the same estimate up to a factor", _batches(707))
@wrong("no factor", factor=lambda n: 1.0)
def same_up_to_a_factor(arms, n, factor=lambda n: (n - 1) / n):
    own, others = (arms.batches(n, b).values for b in ("own mean", "leave one out"))
    return own - factor(n) * others


@check(
    "U17",
    "any number, by enumeration",
    policies_and_values(300, 708, "bandits and baselines"),
    seed=708,
)
@wrong("the action value", baseline=lambda rng, values: values)
@wrong("an own number for each action", baseline=lambda rng, values: rng.normal(size=values.size))
def mean_unchanged(policy, values, rng, baseline=lambda rng, values: rng.normal()):
    estimates = bandit(policy, values).estimates(baseline(rng, values))
    return estimates.mean() - policy_gradient(policy, values)


@check(
    "U17",
    "parameters of the policy in the baseline, not differentiated",
    term=H[j] * total(pi[a] * SCORE, a),
)
@wrong("differentiated", term=Partial(H[j] * total(pi[a], a), H[j]))
def vanishes(term):
    said = {"point": POINT, "definitions": DEFINITIONS}
    return evidence.symbolic(term, sp.S.Zero, "any number of actions", **said)


@check(
    "U17",
    "a baseline that depends on the draw may be harmless",
    Cases("normal law, nine values of θ", np.linspace(-2, 2, 9)),
)
@wrong("the draw itself", power=1)
def depends_harmlessly(theta, power=2):
    family = numeric.FAMILIES["Normal(θ, 1)"]
    draws, _ = family.nodes(theta)
    estimates = family.one_step(theta, 2).estimates((draws - theta) ** power)
    return estimates.mean()[0] - family.derivative(theta, 2)
