"""Steps and waiting: what is safe, how fast it leads up, and how long a bad arm may last."""

from functools import lru_cache

import numpy as np
import sympy as sp

from pgbook import evidence, policies
from pgbook.bandits import numeric
from pgbook.bandits.cases import PLATEAU, PLATEAU_VALUES
from pgbook.bandits.proofs.index import largest_curvature
from pgbook.cases import bandits, stacked
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.policies import expected_reward, policy_gradient, softmax


@drawn("2 to 8 arms", 305)
def curved(rng):
    for n_arms in range(2, 9):
        shape, policy = (15_000, n_arms), rng.dirichlet(np.full(n_arms, 0.5), size=15_000)
        zeros_and_ones = rng.random((15_000, 1)) < 0.5
        values = np.where(zeros_and_ones, rng.integers(0, 2, size=shape), rng.normal(size=shape))
        yield policy, values


@check("B13", "spectral norm of random Hessians", curved)
@wrong("a constant five per cent smaller", factor=0.95)
def curvature_is_bounded(policy, values, factor=1.0):
    norm = np.abs(np.linalg.eigvalsh(numeric.hessian(policy, values))).max(axis=1)
    return norm <= factor * numeric.smoothness_constant(values) + 1e-12


@check("B13", "quadratic form of the Hessian", stacked(bandits(2100, 312)), seed=312)
@wrong("not centred", centred=False)
def quadratic_form(h, values, rng, centred=True):
    r"""It is :math:`\sum_i \pi_i x_i (y_i - \bar y)^2`."""
    policy, y = softmax(h), rng.normal(size=h.shape)
    x = values - expected_reward(policy, values)[:, None]
    mean = np.sum(policy * y, axis=1, keepdims=True) if centred else 0.0
    form = np.einsum("ni,nij,nj->n", y, numeric.hessian(policy, values), y)
    return form - np.sum(policy * x * (y - mean) ** 2, axis=1)


@check("B13", "two arms attain it", "two arms, rewards 0 and 1", probability=(3 - np.sqrt(3)) / 6)
@wrong("at the uniform policy", probability=0.5)
def curvature_is_attained(probability):
    values = np.array([0.0, 1.0])
    curvature = numeric.hessian(np.array([1 - probability, probability]), values)
    return np.linalg.norm(curvature, 2) - numeric.smoothness_constant(values)


@check("B13", "maximum of the two-armed curvature", square=sp.Rational(1, 27))
@wrong("one eighth", square=sp.Rational(1, 64))
def largest_two_armed_curvature(square):
    return evidence.symbolic(largest_curvature()[0] ** 2, square, "two arms", point={})


def _gain(preferences, values, step):
    """What the objective gains by one step; shape (...)."""
    before, after = softmax(preferences), softmax(preferences + step)
    return expected_reward(after, values) - expected_reward(before, values)


@check("B13", "ascent lemma", stacked(bandits(7000, 306)), seed=306)
@wrong("half the constant", factor=0.5)
def ascent_lemma(h, values, rng, factor=1.0):
    r"""A step :math:`\alpha \le 2/L` gains at least :math:`\alpha (1 - L\alpha/2) |\nabla J|^2`."""
    constant = factor * numeric.smoothness_constant(values)
    step = rng.uniform(size=constant.shape) * 2 / constant
    gradient = policy_gradient(softmax(h), values)
    least = step * (1 - constant * step / 2) * np.sum(gradient**2, axis=1)
    return _gain(h, values, step[:, None] * gradient) >= least - 1e-12


@check("B20", "each term of the gain is non-negative")
@wrong("without the one", subtracted=0)
def growth_integral(subtracted=1):
    r""":math:`e^{cx} - 1 = \int_0^x c\,e^{cv} dv`, so it has the sign of x for c > 0."""
    growth, v, end = sp.Symbol("g", positive=True), sp.Symbol("v"), sp.Symbol("y", real=True)
    integral = sp.integrate(growth * sp.exp(growth * v), (v, 0, end))
    claimed, point = sp.exp(growth * end) - subtracted, {growth: 1, end: 1}
    return evidence.symbolic(integral, claimed, "c > 0, real x", point=point)


def _sampled_direction(policy, values):
    """The score estimate of the most likely arm: one sample instead of the mean."""
    pulled = np.eye(policy.shape[1])[policy.argmax(axis=1)]
    return np.sum(pulled * values, axis=1, keepdims=True) * (pulled - policy)


STEPS = "bandits, step sizes from 0.01 to 10,000"


@check("B20", "random bandits and step sizes", stacked(bandits(21_000, 310, STEPS, 2)), seed=310)
@wrong("one sample instead of the mean", direction=_sampled_direction)
@wrong("action values instead of the gradient", direction=np.multiply)
@wrong("no direction at all", direction=lambda policy, values: np.zeros_like(values))
def any_step_improves(h, values, rng, direction=policy_gradient):
    step = 10 ** rng.uniform(-2, 4, size=(len(h), 1))
    return _gain(h, values, step * direction(softmax(h), values)) > 0


@check("B20", "a step can be too long", "policy {policy}, rewards 4, 3.3 and 1, steps 7 and 1000")
@wrong("two arms", policy=(0.2, 0.8))
def longer_can_gain_less(policy=(0.2, 0.4, 0.4)):
    values = np.array([4.0, 3.3, 1.0])[: len(policy)]
    h, slope = np.log(policy), policy_gradient(policy, values)
    return _gain(h, values, 7 * slope) > _gain(h, values, 1000 * slope) + 0.1


@drawn("bandits with one best arm and up to 1,000 others alike", 318)
def one_against_many(rng):
    for n_others in np.unique(np.geomspace(1, 999, 30).astype(int)):
        best = rng.uniform(0.05, 0.95)
        policy = np.concatenate([[best], np.full(n_others, (1 - best) / n_others)])
        yield np.log(policy), np.concatenate([[1.0], np.zeros(n_others)])


@check("B23", "random bandits: the slope against the gap", bandits(2000, 319))
@wrong("without the policy", weight=lambda policy, best: 1.0)
@check("B23", "many equal arms: nearly equal", one_against_many)
@wrong("one per cent more", factor=1.01)
def slope_sees_gap(h, values, factor=1.0, weight=lambda policy, best: policy[best]):
    r""":math:`|\nabla J| \ge \pi(a^*) (q^* - J)`."""
    policy, best = softmax(h), values.argmax()
    gap = values[best] - expected_reward(policy, values)
    return (
        np.linalg.norm(policy_gradient(policy, values))
        >= factor * weight(policy, best) * gap - 1e-12
    )


RANDOM = bandits(60, 320, "bandits and the plateau, 300 exact steps of 1/L", scale=2.0)
ASCENTS = Cases(RANDOM.text, [(np.log(PLATEAU), PLATEAU_VALUES), *RANDOM.drawn], RANDOM.seed)


@check("B23", "the gap along exact ascent", ASCENTS)
@wrong("without c", power=0)
def gap_falls_like(h, values, power=2):
    r""":math:`q^* - J_t \le 2L/(c^2 t)` with c the least probability of a best arm so far."""
    constant, steps = numeric.smoothness_constant(values), np.arange(1, 301)
    path = softmax(numeric.ascend(h, values, step_size=1 / constant, n_steps=300))
    gap, best = values.max() - path @ values, path[:, values.argmax()]
    c = np.minimum.accumulate(best)[:-1]
    return gap[1:] <= 2 * constant / (c**power * steps) + 1e-12


@drawn("rewards 0 and 1, 10,000 and 100,000 steps")
def explored():
    """Probability of the worse arm after exact steps of size 1 from uniform."""
    gap = 0.0
    for step in range(1, 100_001):
        gap += 2 * np.exp(-gap) / (1 + np.exp(-gap)) ** 2
        if step in (10_000, 100_000):
            yield step, np.exp(-gap) / (1 + np.exp(-gap))


@check("B18", "probability of the worse arm under exact ascent", explored, tolerance=0.01)
@wrong("twice as much", law=lambda steps: 1 / steps)
@wrong("a constant", law=lambda steps: 0.0001)
def exploration_vanishes(n_steps, probability, law=lambda steps: 1 / (2 * steps)):
    return probability / law(n_steps) - 1


def _log_rise(logits, step, reward, pulled):
    """Log of what one update of two arms adds to 1/p of the arm with these logits.

    One update changes the logit by 2αR(1 - p) if the arm is pulled, else by -2αRp.
    """
    p = 1 / (1 + np.exp(-logits))
    change = 2 * step * reward * np.where(pulled, 1 - p, -p)
    with np.errstate(divide="ignore"):
        return -logits + np.log(np.maximum(np.expm1(-change), 0))


@check("B22", "what one update adds to 1/p", "140,000 updates of two arms", seed=316)
@wrong("one per cent less", factor=0.99)
@wrong("linear in the step", most=lambda product: 2 * product)
@wrong("negative rewards", sign=-1)
def rise_is_bounded(rng, factor=1.0, sign=1, most=lambda product: np.expm1(2 * product)):
    r"""At most :math:`e^{2\alpha R} - 1`; small products and probabilities come close to it."""
    logits, product = rng.uniform(-12, 12, size=140_000), 10 ** rng.uniform(-3, 0.5, size=140_000)
    rise = _log_rise(logits, product, sign, rng.random(140_000) < 0.5)
    return rise <= np.log(factor * most(product)) + 1e-9


@check(
    "B22", "along sampled paths", "200 runs of 2,000 steps of 0.005, rewards 0.999 and 1", seed=317
)
@wrong("one per cent less", factor=0.99)
def falls_no_faster(rng, factor=1.0):
    r""":math:`1/\pi_t(a) \le 1/\pi_0(a) + (e^{2\alpha r_{\max}} - 1)\,t`."""
    h, size = np.array([0.0, 8.0]), {"n_steps": 2000, "n_runs": 200}
    paths = softmax(numeric.sample_paths(h, [0.999, 1.0], step_size=0.005, **size, rng=rng))
    most = factor * np.expm1(0.01) * np.arange(2001)[:, None, None]
    return 1 / paths <= 1 / softmax(h) + most + 1e-9


@check("B22", "three arms: no bound", "policies (p, 1/2, 1/2 - p), the second arm pulled")
@wrong("two arms", n_arms=2)
def no_bound_with_three(n_arms=3):
    """The rise grows like 1/p for three arms, and does not for two."""
    rises = []
    for p in (1e-3, 1e-6):
        policy = np.array([p, 0.5, 0.5 - p]) if n_arms == 3 else np.array([p, 1 - p])
        after = softmax(np.log(policy) + policies.score(policy)[1])
        rises.append(1 / after[0] - 1 / p)
    return rises[1] > 900 * rises[0] > 0


@lru_cache
def _last_decade_slope(product):
    survival = numeric.log_survival(product, 1.0, 1_000_000)
    return (survival[1_000_000] - survival[100_000]) / np.log(10)


DECADE = "slope over the last decade of a million steps, products 0.2, 1, 3 and 8"


@check("B21", "slope of the power law", Cases(DECADE, (0.2, 1.0, 3.0, 8.0)), tolerance=0.001)
@wrong("twice as steep", law=lambda product: -1 / product)
def survival_slope(product, law=lambda product: -1 / (2 * product)):
    return _last_decade_slope(product) - law(product)


@check(
    "B21",
    "median waiting times",
    Cases("products 3, 4 and 5, relative", (3.0, 4.0, 5.0)),
    tolerance=0.04,
)
@wrong("no exponential", law=lambda product, reward: 4**product / product)
def waiting_times(product, law=numeric.median_wait_of_flow):
    return numeric.median_wait(product, 1.0, most=20_000) / law(product, 1.0) - 1


COMMITTED = Cases("products 0.3, 1 and 3, 50 pulls of the worse arm", ((0.3,), (1.0,), (3.0,)))


@check("B21", "the logit of an agent that meets the worse arm only", COMMITTED)
@wrong(
    "the pulled arm's preference alone", logits=lambda *given: numeric.committed_logits(*given) / 2
)
def committed_agent(step_size, logits=numeric.committed_logits):
    agent, path = numeric.GradientBandit(2, step_size, rng=np.random.default_rng(0)), [0.0]
    for _ in range(50):
        agent.update(0, 1.0)
        path.append(agent.preferences[1] - agent.preferences[0])
    return np.array(path) - logits(step_size, 1.0, 50)


@drawn("two arms, positive rewards", 311)
def worse_and_better(rng):
    for _ in range(1000):
        yield np.sort(rng.uniform(0.1, 2, size=2)), softmax(rng.normal(size=2))


@check("B21", "every update helps with a baseline in between", worse_and_better)
@wrong("baseline below both rewards", position=-0.1)
def every_update_helps(rewards, policy, position=0.5):
    baseline = rewards[0] + position * (rewards[1] - rewards[0])
    return ((rewards - baseline) * policies.score(policy)[:, 1]).min() > 0
