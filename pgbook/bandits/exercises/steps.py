"""Exercises of the page *Steps and waiting*: constants, rises, and waits."""

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.exercises import Function, Number, exercise, mistake, yes_or_no


def _factor(arms: int) -> float:
    """The squared slope over that of the best arm, if all other arms are alike."""
    policy = policies.softmax(np.append(0.3, np.zeros(arms - 1)))
    slope = policies.policy_gradient(policy, np.eye(arms)[0])
    return slope @ slope / slope[0] ** 2


def _arms(rng: np.random.Generator) -> tuple:
    return (int(rng.integers(2, 30)),)


@exercise(
    "two-armed-rate",
    "The components of $\\nabla J$ sum to zero. What does that say with two arms?",
    "With $k$ arms the others share the sum $-x$. When is the sum of their squares least?",
    slope="the factor of π(a*)(q* − J) with two arms",
    rate="the factor of the rate with two arms",
    squares="the factor of the squares with so many arms",
)
@mistake("That is the factor of the squares; the slope has its root", slope=2)
@mistake("The bound holds the square of the slope", rate=np.sqrt(0.5))
@mistake("The others share the sum, so there are k − 1 squares of 1 / (k − 1)", squares=lambda k: k)
@mistake(
    "The squares of the others are counted, that of the best arm is not",
    squares=lambda k: 1 / (k - 1),
)
def two_armed_rate() -> dict:
    """The components sum to zero, so that the other arms add to the square of the best one's."""
    return {
        "slope": Number(np.sqrt(_factor(2))),
        "rate": Number(1 / _factor(2)),
        "squares": Function(_factor, _arms),
    }


def _rise(p: float, alpha: float) -> float:
    """By how much the agent's 1/p rises if it pulls this arm and gets −1."""
    start = np.log([p, 1 - p])
    agent = numeric.GradientBandit(2, alpha, rng=np.random.default_rng(0), preferences=start)
    agent.update(0, reward=-1.0)
    return 1 / agent.softmax()[0] - 1 / p


def _one_step(move: float, p: float) -> float:
    return (1 - p) / p * np.expm1(move)


@exercise(
    "negative-reward",
    "$1/p = 1 + e^{-\\ell}$ with the logit $\\ell$ of the arm. By how much does $\\ell$ fall?",
    "Both preferences move by $\\alpha(1-p)$, in opposite directions.",
    rise="by how much 1/p rises",
    bounded="whether the rise is bounded as p → 0",
)
@mistake(
    "Both preferences move, so the logit falls by twice that",
    rise=lambda p, alpha: _one_step(alpha * (1 - p), p),
)
@mistake(
    "The score of the pulled arm is 1 − p, not 1", rise=lambda p, alpha: _one_step(2 * alpha, p)
)
@mistake(
    "That is the new 1/p − 1; its rise is asked for",
    rise=lambda p, alpha: (1 - p) / p * np.exp(2 * alpha * (1 - p)),
)
@mistake("Divide the rise by 1/p: it does not go to zero as p does", bounded="yes")
def negative_reward() -> dict:
    """One step multiplies the odds, so 1/p rises without a bound."""
    rises = [_rise(p, 0.5) for p in (1e-3, 1e-6)]
    return {
        "rise": Function(_rise, lambda rng: (rng.uniform(0.05, 0.9), rng.uniform(0.1, 1))),
        "bounded": yes_or_no(rises[1] < 10 * rises[0]),
    }


def _mean_draws(p: float) -> float:
    """The mean of a geometric law by its sum, until nothing is left."""
    draws = np.arange(1, int(60 / p))
    return float(np.sum(draws * p * (1 - p) ** (draws - 1)))


@exercise(
    "wait",
    "The number of draws until the first success has a geometric law.",
    "The expected number of pulls is the sum of the probabilities of the steps.",
    "On the plot the probability of the worse arm is about $1/(2t)$.",
    draws="the mean number of draws",
    pulls="the expected pulls between the steps 10³ and 10⁴",
)
@mistake("That is the number of failures before the first success", draws=lambda p: (1 - p) / p)
@mistake(
    "That is where half of the waits end: the median", draws=lambda p: -np.log(2) / np.log1p(-p)
)
@mistake("The probability is about 1/(2t), half of that", pulls=np.log(10))
def wait() -> dict:
    """A rare arm waits 1/p draws, and comes about once between a thousand and ten thousand."""
    path = numeric.ascend(np.zeros(2), [0.0, 1.0], step_size=1.0, n_steps=10_000)
    pulls = policies.softmax(path)[1_000:10_000, 0].sum()
    return {
        "draws": Function(_mean_draws, lambda rng: (rng.uniform(0.01, 0.9),)),
        "pulls": Number(pulls, tolerance=0.01),
    }


def _exponent(product: float) -> float:
    """How fast the survival falls at the end of many steps, as a power of time."""
    survival, end = numeric.log_survival(product, 1.0, 200_000), 100_000
    return (survival[end] - survival[2 * end]) / np.log(2)


def _mean_wait(product: float) -> float:
    return float(np.exp(numeric.log_survival(product, 1.0, 200_000)).sum())


@exercise(
    "mean-wait",
    "$\\mathbb E[W] = \\sum_{T\\ge0}\\Pr(W > T)$ for a waiting time $W$.",
    "$S(T)$ falls like $T^{-1/(2\\alpha\\rho)}$. For which exponents does the sum converge?",
    "`bandits.log_survival(0.25, 1.0, 100_000)` has the logarithms of the terms.",
    limit="the αρ from which on the mean is infinite",
    mean="the mean for αρ = 1/4",
)
@mistake("The exponent is 1/(2αρ): at αρ = 1 it is one half", limit=1)
@mistake("There the exponent is two, and the sum converges", limit=0.25)
@mistake("The sum begins at T = 0, with S(0) = 1", mean=_mean_wait(0.25) - 1)
@mistake("That is the mean if the policy stayed uniform", mean=2)
def mean_wait() -> dict:
    """The mean is finite below one half, which the measured exponent says too."""
    products = np.linspace(0.3, 0.8, 11)
    exponents = np.array([_exponent(product) for product in products])
    limit = np.interp(-1, -exponents, products)
    return {"limit": Number(limit, tolerance=0.01), "mean": Number(_mean_wait(0.25), 0.01)}


def _never(baseline: str, alpha: float, n_steps: int) -> float:
    """The probability that all of the first pulls are the worse arm, along that one path."""
    rewards, uniforms = np.tile([1.0, 2.0], (n_steps, 1)), np.zeros(n_steps)  # arm 0
    path = numeric.follow_rewards(rewards, uniforms, step_size=alpha, baseline=baseline)
    return float(np.prod(policies.softmax(path[:-1])[:, 0]))


def _rate(logit: float) -> float:
    return 1 / (1 + np.exp(-logit))


def _steps_and_size(rng: np.random.Generator) -> tuple:
    return int(rng.integers(1, 12)), rng.uniform(0.1, 2)


@exercise(
    "running-mean",
    "Without noise, what is the running mean as long as only the worse arm was pulled?",
    "With *first* nothing changes. With *zero* the very first update has no baseline.",
    "After that first pull the logit of the better arm is $-\\alpha$, and stays there.",
    first="the probability with first",
    zero="the probability with zero",
)
@mistake("The first pull is a draw as well", first=lambda T: 0.5 ** (T - 1))
@mistake("That is the chance that it was tried", first=lambda T: 1 - 0.5**T)
@mistake(
    "The first draw is made before the update, from the uniform policy",
    zero=lambda T, alpha: _rate(alpha) ** T,
)
@mistake(
    "The logit falls by α: the worse arm gains a half of α and the better one loses it",
    zero=lambda T, alpha: 0.5 * _rate(2 * alpha) ** (T - 1),
)
@mistake("That is the convention first", zero=lambda T, alpha: 0.5**T)
def running_mean() -> dict:
    """With the mean as a baseline the policy waits where it is."""
    return {
        "first": Function(
            lambda T: _never("first", 1.0, T), lambda rng: (int(rng.integers(1, 12)),)
        ),
        "zero": Function(lambda T, alpha: _never("zero", alpha, T), _steps_and_size),
    }
