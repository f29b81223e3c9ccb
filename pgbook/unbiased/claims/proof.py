"""The lines of the proof: claims U6, U9, U11, U12, U13 and U14."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger, montecarlo, policies
from pgbook.derivation import Partial
from pgbook.ledger import Check, Evidence
from pgbook.montecarlo import estimate
from pgbook.symbols import DEFINITIONS, POINT, H, a, j, pi, q, same, total
from pgbook.unbiased import numeric, symbolic
from pgbook.unbiased.claims.common import N, proves, random_bandits
from pgbook.unbiased.symbolic.families import FAMILIES, f0, f1, mu, n, shape, sigma, tau, theta, x

FAMILY_POINT = {mu: 3, sigma: 2, theta: 2, shape: 3, tau: sp.log(2), f0: 5, f1: 7}


def law_of_a_function(law: str = "pushed forward") -> Evidence:
    """The mean reward from the law of the action, and from the law of the reward; with ties."""
    errors, seed = [], 601
    for policy, _ in random_bandits(200, seed):
        rewards = (np.arange(policy.size) - 1.0) ** 2  # 1, 0, 1, 4, ...: actions 0 and 2 tie
        values = np.arange(rewards.max() + 1)
        chance = {
            "pushed forward": [policy[rewards == value].sum() for value in values],
            "of the action": np.resize(policy, values.size),
        }[law]
        mean = numeric.OneStep(policy, rewards, np.ones((policy.size, 1))).estimates().mean()[0]
        errors.append(values @ np.array(chance) - mean)
    return ledger.exact(np.array(errors), "200 policies, reward (a - 1) squared", seed=seed)


def law_of_an_estimate(law: str = "pushed forward") -> Evidence:
    """The mean of reward times score from the law of the product; rewards of zero coincide."""
    errors, seed = [], 602
    for policy, _ in random_bandits(200, seed):
        estimates = numeric.bandit(policy, np.arange(policy.size) % 2).estimates()
        distinct, first, which = np.unique(
            estimates.values, axis=0, return_index=True, return_inverse=True
        )
        chance = {
            "pushed forward": np.bincount(which.ravel(), policy),
            "of the action": policy[first] / policy[first].sum(),
        }[law]
        errors.append(np.abs(chance @ distinct - estimates.mean()).max())
    return ledger.exact(np.array(errors), "200 policies", seed=seed)


def exchange(name: str) -> Evidence:
    """The derivative of an integral against the integral of the derivative."""
    law = FAMILIES[name]
    outside = sp.diff(law.mean(lambda p: x**2), law.parameter)
    inside = law.mean(lambda p: sp.simplify(sp.diff(x**2 * p, law.parameter) / p))
    return ledger.symbolic(outside, inside, f"{name}, payoff x²", point=FAMILY_POINT)


def log_derivative(factor: sp.Expr = pi[a]) -> Evidence:
    """Probability times the slope of its logarithm is the slope of the probability."""
    return ledger.symbolic(
        factor * Partial(sp.log(pi[a]), H[j]),
        Partial(pi[a], H[j]),
        "any number of actions",
        point=POINT,
        definitions=DEFINITIONS,
    )


def variance_near_the_boundary(formula: Callable | None = None) -> Evidence:
    """Two actions, the second with probability θ: the variance grows like 1/θ."""
    formula = formula or (lambda t, r0, r1: r1**2 / t + r0**2 / (1 - t) - (r1 - r0) ** 2)
    errors, rng = [], np.random.default_rng(603)
    for t in np.geomspace(1e-4, 0.5, 50):
        r0, r1 = rng.normal(size=2)
        step = numeric.FAMILIES["Bernoulli(θ)"].one_step(t, 1)
        draws = numeric.OneStep(step.weights, np.array([r0, r1]), step.scores)
        errors.append(draws.estimates().variance() / formula(t, r0, r1) - 1)
    return ledger.exact(np.array(errors), "50 values of θ, relative", tolerance=1e-10, seed=603)


def mean_of_drawn(theta: float, wrong: bool = False) -> Evidence:
    """Two actions, the second with probability θ: only what can be drawn enters the mean.

    Inside the interval that is the slope of the objective; at 0 it is minus the first reward.
    """
    errors, policy, slope = [], np.array([1 - theta, theta]), np.array([-1.0, 1.0])
    drawn = policy > 0
    for rewards in np.random.default_rng(604).normal(size=(100, 2)):
        scores = slope[drawn] / policy[drawn]
        draws = numeric.OneStep(policy[drawn], rewards[drawn], scores[:, None])
        truth = -rewards[0] if theta == 0 and not wrong else rewards @ slope
        errors.append(draws.estimates().mean()[0] - truth)
    return ledger.exact(np.array(errors), f"100 pairs of rewards, θ = {theta:g}", seed=604)


def enumerated(of: Callable = lambda policy: policies.score(policy)) -> Evidence:
    """The mean of reward times score over all arms."""
    errors = []
    for policy, values in random_bandits(500, seed=605):
        mean = numeric.OneStep(policy, values, of(policy)).estimates().mean()
        errors.append(np.abs(mean - policies.policy_gradient(policy, values)).max())
    return ledger.exact(np.array(errors), "500 bandits, 2 to 6 arms", seed=605)


def sampled(gradient: Callable = policies.policy_gradient) -> Evidence:
    """A sample of score estimates with noisy rewards; wrong is a score without its mean."""
    policy, values = policies.softmax([0.2, -0.4, 1.0]), np.array([1.0, 0.5, 2.0])
    found = numeric.sample_score_estimates(
        policy, values, noise=1.0, n_samples=N, rng=np.random.default_rng(606)
    )
    first = montecarlo.Estimate(found.mean[0], found.standard_error[0])
    wrong, truth = policy * values, gradient(policy, values)
    return ledger.monte_carlo(first, truth, wrong=wrong, n_samples=N, seed=606)


TWO_VALUES = f0 + (f1 - f0) * n
IDENTITIES: Sequence[tuple[str, sp.Expr]] = (
    *((name, x**power) for name in ("Normal, mean", "Normal, deviation") for power in (1, 2, 3)),
    *((name, x**power) for name in ("Exponential, rate", "Gamma, rate") for power in (1, 2)),
    *((name, x**power) for name in ("Laplace, location", "shifted Beta(2, 2)") for power in (1, 2)),
    ("Bernoulli, probability", TWO_VALUES),
    ("Bernoulli, logit", TWO_VALUES),
    ("Poisson, mean", n),
    ("Poisson, mean", n * (n - 1)),
)


def identities(
    pairs: Sequence[tuple[str, sp.Expr]] = IDENTITIES, wrong: Callable = lambda score: score
) -> Evidence:
    """The score identity by integration or summation, for all pairs of family and payoff."""
    for name, payoff in pairs:
        sides = symbolic.score_identity(name, payoff, wrong)
        found = ledger.symbolic(*sides, f"{name}, f = {payoff}", point=FAMILY_POINT)
        if not found.passed:
            return found
    names = list(dict.fromkeys(name for name, _ in pairs))
    text = f"proved for {len(pairs)} pairs of family and payoff: {'; '.join(names)}"
    return Evidence(True, "symbolic", text, {"generality": "; ".join(names)})


def by_quadrature(names: Sequence[str] | None = None) -> Evidence:
    """The score identity for the families of the package, by Gauss rules."""
    names = names or [name for name, family in numeric.FAMILIES.items() if family.unbiased]
    errors = []
    for family in (numeric.FAMILIES[name] for name in names):
        for power in (1, 2, 3):
            error = family.one_step(0.7, power).estimates().mean()[0]
            errors.append((error - family.derivative(0.7, power)) / max(1.0, abs(error)))
    return ledger.exact(np.array(errors), f"three payoffs, relative error; laws: {len(names)}")


def by_sampling(names: Sequence[str] | None = None) -> Evidence:
    """Samples of score estimates of x² for each family of finite variance; zero is wrong."""
    usual = [k for k, f in numeric.FAMILIES.items() if f.unbiased and f.finite_variance]
    names, rng = names or usual, np.random.default_rng(607)
    chosen = [numeric.FAMILIES[name] for name in names]
    samples = [family.sample_estimates(0.7, 2, N, rng=rng) for family in chosen]
    truth = np.array([family.derivative(0.7, 2) for family in chosen])
    found = estimate(np.stack(samples, axis=1))
    return ledger.monte_carlo(found, truth, wrong=np.zeros(len(names)), n_samples=N, seed=607)


_normal = partial(
    ledger.proves, symbolic.normal_score, generality="all μ and σ", point=FAMILY_POINT
)

# A wrong score for each family.
WRONG: dict[str, tuple[tuple[str, sp.Expr], Callable[[sp.Expr], sp.Expr]]] = {
    "normal score without 1/σ²": (("Normal, mean", x**2), lambda score: score * sigma**2),
    "normal score without −1/σ": (("Normal, deviation", x**2), lambda score: score + 1 / sigma),
    "exponential score without 1/θ": (("Exponential, rate", x), lambda score: -x),
    "gamma score of the exponential": (("Gamma, rate", x), lambda score: 1 / theta - x),
    "Laplace score of the other side": (("Laplace, location", x), lambda score: -score),
    "Beta(2, 2) score of Beta(3, 3)": (("shifted Beta(2, 2)", x), lambda score: 2 * score),
    "Bernoulli score n/p": (
        ("Bernoulli, probability", TWO_VALUES),
        lambda score: n / theta,
    ),
    "logit score without its mean": (("Bernoulli, logit", TWO_VALUES), lambda score: n),
    "Poisson score n/λ": (("Poisson, mean", n), lambda score: n / theta),
}

PROOF = {
    "U6": (
        Check(
            "the mean of a function of the reward",
            law_of_a_function,
            {"as if the reward followed the policy": partial(law_of_a_function, "of the action")},
        ),
    ),
    "U9": (
        Check(
            "derivative and integral change places",
            partial(exchange, "Normal, mean"),
            {"uniform law with a moving end": partial(exchange, "Uniform(0, θ)")},
        ),
        Check(
            "finitely many actions: derivative of each term",
            partial(proves, symbolic.proof),
            {
                "without the factor of the policy": partial(
                    proves, symbolic.proof, total(q[a] * Partial(sp.log(pi[a]), H[j]), a)
                )
            },
        ),
    ),
    "U11": (
        Check(
            "slope of a logarithm, any softmax policy",
            log_derivative,
            {"without the probability": partial(log_derivative, sp.S.One)},
        ),
        Check(
            "near the boundary of the parameters the variance explodes",
            variance_near_the_boundary,
            {
                "it stays bounded": partial(
                    variance_near_the_boundary, lambda t, r0, r1: (r1 - r0) ** 2 * t * (1 - t)
                )
            },
        ),
        Check(
            "inside the interval the mean is the slope",
            partial(mean_of_drawn, 0.3),
            {"on the boundary": partial(mean_of_drawn, 0.0, wrong=True)},
        ),
        Check(
            "on the boundary the mean is not the one-sided slope",
            partial(mean_of_drawn, 0.0),
            {"it is": partial(mean_of_drawn, 0.0, wrong=True)},
        ),
    ),
    "U12": (
        Check(
            "the mean of reward times score",
            law_of_an_estimate,
            {"as if the product followed the policy": partial(law_of_an_estimate, "of the action")},
        ),
    ),
    "U13": (
        Check(
            "the whole proof",
            partial(proves, symbolic.proof, total(pi[a] * q[a] * (same(a, j) - pi[j]), a)),
            {
                "the score without its mean": partial(
                    proves, symbolic.proof, total(pi[a] * q[a] * same(a, j), a)
                )
            },
        ),
        Check(
            "by enumeration of the arms",
            enumerated,
            {"the score without its mean": partial(enumerated, lambda policy: np.eye(policy.size))},
        ),
        Check(
            "by sampling",
            sampled,
            {
                "the score without its mean": partial(
                    sampled, lambda policy, values: policy * values
                )
            },
        ),
    ),
    "U14": (
        Check(
            "by integration and summation",
            identities,
            {
                **{
                    name: partial(identities, [pair], wrong)
                    for name, (pair, wrong) in WRONG.items()
                },
                "uniform law with a moving end": partial(identities, [("Uniform(0, θ)", x)]),
                "shifted exponential law": partial(identities, [("shifted exponential", x)]),
            },
        ),
        Check(
            "by Gauss rules",
            by_quadrature,
            {
                "uniform law with a moving end": partial(by_quadrature, ["Uniform(0, θ)"]),
                "shifted exponential law": partial(by_quadrature, ["θ + Exponential"]),
            },
        ),
        Check(
            "by sampling",
            by_sampling,
            {
                "uniform law with a moving end": partial(by_sampling, ["Uniform(0, θ)"]),
                "shifted exponential law": partial(by_sampling, ["θ + Exponential"]),
            },
        ),
        Check(
            "the normal law, step by step",
            partial(_normal, 2 * mu),
            {"half of it": partial(_normal, mu)},
        ),
    ),
}
