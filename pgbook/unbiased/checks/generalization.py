"""The score identity for densities, family by family."""

import numpy as np

from pgbook import evidence
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Evidence, Sampled
from pgbook.ledger import Cases, check, wrong
from pgbook.montecarlo import estimate
from pgbook.unbiased.cases import NODES, WEIGHTS
from pgbook.unbiased.numeric import FAMILIES as LAWS
from pgbook.unbiased.numeric import measure_valued
from pgbook.unbiased.proofs import generalization
from pgbook.unbiased.proofs.generalization import FAMILIES, POINT, f0, f1, n, sigma, theta, x

TWO_VALUES = f0 + (f1 - f0) * n
IDENTITIES = (
    *((name, x**power) for name in ("Normal, mean", "Normal, deviation") for power in (1, 2, 3)),
    *((name, x**power) for name in ("Exponential, rate", "Gamma, rate") for power in (1, 2)),
    *((name, x**power) for name in ("Laplace, location", "shifted Beta(2, 2)") for power in (1, 2)),
    ("Bernoulli, probability", TWO_VALUES),
    ("Bernoulli, logit", TWO_VALUES),
    ("Poisson, mean", n),
    ("Poisson, mean", n * (n - 1)),
)
MOVING_END = wrong("uniform law with a moving end", laws=["Uniform(0, θ)"])
MOVING_START = wrong("shifted exponential law", laws=["θ + Exponential"])


def _wrong_score(name, payoff, change):
    """Both sides of the identity for a family, with what somebody could take for its score."""
    law = FAMILIES[name]
    slope, _ = generalization.score_identity(name, payoff)
    return slope, law.mean(lambda density: payoff * change(law.score(density)))


@check("U14", "by integration and summation")
@wrong("normal score without 1/σ²", of=[("Normal, mean", x**2, lambda score: score * sigma**2)])
@wrong("normal score without −1/σ", of=[("Normal, deviation", x**2, lambda s: s + 1 / sigma)])
@wrong("exponential score without 1/θ", of=[("Exponential, rate", x, lambda score: -x)])
@wrong("gamma score of the exponential", of=[("Gamma, rate", x, lambda score: 1 / theta - x)])
@wrong("Laplace score of the other side", of=[("Laplace, location", x, lambda score: -score)])
@wrong("Beta(2, 2) score of Beta(3, 3)", of=[("shifted Beta(2, 2)", x, lambda score: 2 * score)])
@wrong("Bernoulli score n/p", of=[("Bernoulli, probability", TWO_VALUES, lambda _: n / theta)])
@wrong("logit score without its mean", of=[("Bernoulli, logit", TWO_VALUES, lambda score: n)])
@wrong("Poisson score n/λ", of=[("Poisson, mean", n, lambda score: n / theta)])
@wrong("uniform law with a moving end", of=[("Uniform(0, θ)", x)])
@wrong("shifted exponential law", of=[("shifted exponential", x)])
def by_integration(of=IDENTITIES):
    """Pairs of family and payoff; a third entry is what is taken for the score."""
    for name, payoff, *change in of:
        sides = (_wrong_score if change else generalization.score_identity)(name, payoff, *change)
        said = evidence.symbolic(*sides, f"{name}, f = {payoff}", point=POINT)
        if not said.passed:
            return said
    names = "; ".join(dict.fromkeys(name for name, *_ in of))
    text = f"proved for {len(of)} pairs of family and payoff: {names}"
    return Evidence(True, "symbolic", text, {"generality": names})


UNBIASED = tuple(name for name, law in LAWS.items() if law.unbiased)


@check("U14", "by Gauss rules", "three payoffs of each law, relative error")
@MOVING_END
@MOVING_START
def by_quadrature(laws=UNBIASED):
    each = [(LAWS[name], power) for name in laws for power in (1, 2, 3)]
    means = [law.one_step(0.7, power).estimates().mean()[0] for law, power in each]
    slopes = [law.derivative(0.7, power) for law, power in each]
    return (np.array(means) - slopes) / np.maximum(1.0, np.abs(means))


USUAL = tuple(name for name in UNBIASED if LAWS[name].finite_variance)


@check("U14", "by sampling", seed=607)
@MOVING_END
@MOVING_START
def by_sampling(rng, laws=USUAL):
    chosen = [LAWS[name] for name in laws]
    samples = [law.sample_estimates(0.7, 2, SAMPLES, rng=rng) for law in chosen]
    truth = np.array([law.derivative(0.7, 2) for law in chosen])
    return Sampled(estimate(np.stack(samples, axis=1)), truth, wrong=np.zeros(len(laws)))


POWERS = Cases(
    "payoffs x, x², x³ at nine values of θ",
    [(m, th) for m in (1, 2, 3) for th in np.linspace(0.2, 3, 9)],
)


@check("U14", "uniform law: the boundary term as a baseline", POWERS)
@wrong("the payoff at the other end", end=lambda theta: 0.0)
@wrong("the payoff in the middle", end=lambda theta: theta / 2)
def boundary_baseline(power, theta, end=lambda theta: theta):
    law = LAWS["Uniform(0, θ)"]
    mean = law.one_step(theta, power).estimates(end(theta) ** power).mean()[0]
    return mean / law.derivative(theta, power) - 1


WIDTHS = Cases("powers 1/2, 1, 2 and 3; U(m − w, m + w) with m = 2", (0.5, 1.0, 2.0, 3.0))


@check("U14", "a learned width: mean at the ends minus mean", WIDTHS, tolerance=1e-8)
@wrong("half of the payoffs at the ends", ends=lambda low, high: high)
def learned_width(power, ends=lambda low, high: (low + high) / 2):
    """U(m − w, m + w) at w = 1: the slope in w is the mean of f at the ends minus the mean of f."""

    def mean(w):
        return WEIGHTS / 2 @ (2.0 + w * NODES) ** power

    slope = central_differences(lambda w: mean(w[0]), np.array([1.0])).item()
    return slope - (ends(1.0**power, 3.0**power) - mean(1.0))


@check("U14", "two draws for a normal law", POWERS.named("27 θ and payoffs"))
@wrong("half of it", scale=0.5)
def two_draws(power, theta, scale=1.0):
    mean = scale * measure_valued(theta, power).mean()[0]
    return mean - LAWS["Normal(θ, 1)"].derivative(theta, power)
