"""What if? The explorers of the chapter, each a function that draws and one that describes.

Both take the parameters of the explorer and work at any value of them; what both need is computed
once, by a function below them. The notebooks give the grid: ``explorers.survival(reward=[...])``.
"""

from functools import lru_cache, partial

import numpy as np
from matplotlib.axes import Axes

from pgbook import charts, policies, style
from pgbook.bandits import figures, numeric
from pgbook.explorer import Explorer, words
from pgbook.montecarlo import Estimate, estimate, largest_z
from pgbook.validation import FloatArray

# The objective of two arms, rewards 0 and `gap`, at one logit.


def plot_objective(ax: Axes, logit: float, gap: float) -> Axes:
    """The objective, its supremum, and the tangent at one policy."""
    logits = np.linspace(-6, 6, 61)
    objective = gap * policies.softmax(np.stack([0 * logits, logits], axis=-1))[:, 1]
    figures.plot_objective(ax, logits, objective, gap)
    here, slope = _objective(logit, gap)[1:3]
    ends = np.array([-1.5, 1.5])
    ax.plot(logit + ends, here + slope * ends, color=style.ESTIMATE, linestyle="-.")
    ax.plot(logit, here, "o", color=style.ESTIMATE)
    ax.set(ylim=(-0.1 * gap, 1.1 * gap))
    return ax


def describe_objective(logit: float, gap: float) -> str:
    """Probability, objective, distance to the supremum, slope and curvature in the logit."""
    probability, here, slope, curvature = _objective(logit, gap)
    shape = "convex" if curvature > 1e-9 else "concave" if curvature < -1e-9 else "inflection"
    return (
        f"Logit {logit:g}: the better arm is pulled with probability {probability:.4f}; "
        f"J = {here:.4f}, short of the supremum by {gap - here:.4f}; slope {slope:.4f}, "
        f"curvature {curvature:.4f} ({shape} here)."
    )


objective = partial(
    Explorer,
    plot_objective,
    describe=describe_objective,
    title="The objective of two arms",
    labels={"logit": "logit of the better arm", "gap": "reward of the better arm"},
)


def _objective(logit: float, gap: float) -> tuple[float, float, float, float]:
    p = policies.softmax([0.0, logit])[1]
    return p, gap * p, gap * p * (1 - p), gap * p * (1 - p) * (1 - 2 * p)


# Softmax of extreme preferences.


def plot_overflow(ax: Axes, x: float, preferences: str) -> Axes:
    """The policy as typed and as shifted, for preferences (0, x) or (x, x, x)."""
    h = _extreme(x, preferences)
    return figures.plot_probability_bars(
        ax, {"as typed": numeric.naive_softmax(h), "shifted": policies.softmax(h)}
    )


def describe_overflow(x: float, preferences: str) -> str:
    """Both policies in numbers, and what is wrong with the first."""
    h = _extreme(x, preferences)
    typed, shifted = numeric.naive_softmax(h), policies.softmax(h)
    if np.isnan(typed).any():
        fault = "Not a number: visible, if anyone looks."
    elif abs(typed.sum() - 1) > 1e-9:
        fault = f"A silent failure: the sum is {typed.sum():.3f}."
    elif np.abs(typed - shifted).max() > 1e-9:
        fault = f"A silent failure: wrong by {np.abs(typed - shifted).max():.3f}."
    else:
        fault = "Both agree."
    lost = " The shifted policy has lost an arm: exactly zero." if (shifted == 0).any() else ""
    return f"As typed: {words(typed)}. Shifted: {words(shifted)}. {fault}{lost}"


overflow = partial(
    Explorer,
    plot_overflow,
    describe=describe_overflow,
    title="Softmax of extreme preferences",
)


def _extreme(x: float, preferences: str) -> FloatArray:
    return np.array([0.0, x] if preferences == "(0, x)" else [x, x - 0.5, x])


# Frequencies of sampled arms.


def plot_frequencies(ax: Axes, n_samples: int, seed: int) -> Axes:
    """Frequencies of three arms with intervals, against the policy."""
    return figures.plot_frequencies(ax, *_frequencies(n_samples, seed))


def describe_frequencies(n_samples: int, seed: int) -> str:
    """Frequencies, their largest standard error and the largest z."""
    policy, counts = _frequencies(n_samples, seed)
    return (
        f"{n_samples:,} draws: frequencies {words(counts.mean)} against {words(policy)}; "
        f"largest standard error {counts.standard_error.max():.4f}; "
        f"largest |z| {largest_z(counts, policy):.2f}."
    )


frequencies = partial(
    Explorer,
    plot_frequencies,
    describe=describe_frequencies,
    title="Frequencies of sampled arms",
    labels={"n_samples": "number of draws N"},
)


@lru_cache
def _frequencies(n_samples: int, seed: int) -> tuple[FloatArray, Estimate]:
    policy = policies.softmax([0.2, -0.4, 1.0])
    arms = policies.sample_actions(policy, n_samples, rng=np.random.default_rng(seed))
    return policy, estimate(np.eye(3)[arms])


# One update.


def plot_update(ax: Axes, arm: int, reward: float, first: float) -> Axes:
    """The policy before and after one update."""
    policy, change, after = _update(arm, reward, first)
    return figures.plot_update(ax, policy, after, change)


def describe_update(arm: int, reward: float, first: float) -> str:
    """Change of the preferences and of the policy."""
    policy, change, after = _update(arm, reward, first)
    return (
        f"Arm {arm} pays {reward:g}: the preferences change by {words(change)} "
        f"(sum {abs(change.sum()):.3f}); the policy goes from {words(policy)} to {words(after)}."
    )


update = partial(
    Explorer,
    plot_update,
    describe=describe_update,
    title="One update of three preferences, step size 0.4",
    labels={"arm": "arm pulled", "first": "preference of arm 0"},
)


def _update(arm: int, reward: float, first: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    before = np.array([first, 0.0, 0.5])
    agent = numeric.GradientBandit(3, 0.4, rng=np.random.default_rng(0), preferences=before)
    policy = agent.softmax()
    agent.update(arm, reward)
    return policy, agent.preferences - before, agent.softmax()


# Learning curves of the testbed.

RUNS = 500


def plot_learning(ax: Axes, step_size: float, baseline: str, shift: float, arms: int) -> Axes:
    """The learning curve of one configuration, with its band."""
    curve, _ = _learning(step_size, baseline, shift, arms)
    label = f"{baseline}, rewards around {shift:g}, {RUNS} runs, 95% band"
    return figures.plot_learning_curves(ax, {label: curve}, every=25)


def describe_learning(step_size: float, baseline: str, shift: float, arms: int) -> str:
    """The fraction of best arms over the last 100 of 1000 steps."""
    _, final = _learning(step_size, baseline, shift, arms)
    return (
        f"Step size {step_size:g}, baseline {baseline}, rewards shifted by {shift:g}, {arms} arms: "
        f"over the last 100 of 1,000 steps {100 * final.mean:.1f}% pull the best arm "
        f"(standard error {100 * final.standard_error:.1f}%, {RUNS} runs, seed 4)."
    )


learning = partial(
    Explorer,
    plot_learning,
    describe=describe_learning,
    title="Learning curves of the testbed",
    labels={"step_size": "step size α", "shift": "mean of the rewards", "arms": "number of arms k"},
)


def _learning(
    step_size: float, baseline: str, shift: float, arms: int
) -> tuple[Estimate, Estimate]:
    return _all_baselines(step_size, shift, arms)[numeric.BASELINES.index(baseline)]


@lru_cache(maxsize=64)
def _all_baselines(step_size: float, shift: float, arms: int) -> list[tuple[Estimate, Estimate]]:
    """The curve and the end for each baseline; together they take hardly longer than one."""
    steps, rng = [step_size] * len(numeric.BASELINES), np.random.Generator(np.random.SFC64(4))
    optimal = numeric.run_testbed(
        steps, numeric.BASELINES, n_arms=arms, shift=shift, n_runs=RUNS, rng=rng
    )
    ends = optimal[-100:].mean(axis=0)
    return [
        (estimate(runs.T), estimate(end))
        for runs, end in zip(np.moveaxis(optimal, 1, 0), ends, strict=True)
    ]


# Paths in the simplex.

STARTS = {
    "uniform": (1 / 3, 1 / 3, 1 / 3),
    "near the second arm": (0.05, 0.94, 0.01),
    "plateau": (0.03, 0.94, 0.03),
}


def plot_paths(ax: Axes, origin: str, step_size: float, second: float, baseline: str) -> Axes:
    """Exact ascent and sampled paths from one start."""
    exact, sampled = _paths(origin, step_size, second, baseline)
    values = np.array([1.0, second, 0.0])
    return figures.plot_simplex_paths(ax, exact[::10], sampled[::10], values)


def describe_paths(origin: str, step_size: float, second: float, baseline: str) -> str:
    """Probability of the best arm: at the start, at its lowest, at the end, and when sampled."""
    exact, sampled = _paths(origin, step_size, second, baseline)
    best, ends = exact[:, 0], estimate(sampled[-1, :, 0])
    return (
        f"Best arm under exact ascent: {best[0]:.3f} at the start, {best.min():.3f} at its lowest, "
        f"{best[-1]:.3f} after {len(exact) - 1} steps. {sampled.shape[1]} sampled paths end at "
        f"{ends.mean:.2f} on average (standard error {ends.standard_error:.2f}, seed 5)."
    )


paths = partial(
    Explorer,
    plot_paths,
    describe=describe_paths,
    title="Paths of three-armed policies, 400 steps",
    labels={"origin": "start", "step_size": "step size α", "second": "value of the second arm"},
    size=(5.0, 4.2),
)


@lru_cache(maxsize=256)
def _paths(
    origin: str, step_size: float, second: float, baseline: str
) -> tuple[FloatArray, FloatArray]:
    h, values = np.log(np.array(STARTS[origin])), np.array([1.0, second, 0.0])
    constant = 0.0 if baseline == "none" else 0.95
    exact = numeric.ascend(h, values, step_size=step_size, n_steps=400)
    sampled = numeric.sample_paths(
        h, values, step_size=step_size, n_steps=400, n_runs=8, baseline=constant,
        rng=np.random.default_rng(5),
    )  # fmt: skip
    return policies.softmax(exact), policies.softmax(sampled)


# Variance against the baseline, two arms with rewards 0 and 1.


def plot_parabola(ax: Axes, p: float, noise: float) -> Axes:
    """The parabola with its marks."""
    marks = _marks(p, noise)
    reach = max(b for b, _ in marks.values())
    baselines = np.linspace(-0.1, max(1.0, reach) + 0.1, 31)
    variances = numeric.estimator_variance([1 - p, p], [0.0, 1.0], baselines, noise**2)
    return charts.plot_parabola(ax, baselines, variances, marks)


def describe_parabola(p: float, noise: float) -> str:
    """Variance at no baseline, at the expected reward and at the best baseline."""
    (_, none), (value, at_value), (best, least), _ = _marks(p, noise).values()
    verdict = "helps" if at_value < none - 1e-12 else "hurts" if at_value > none else "is neutral"
    return (
        f"Better arm with probability {p:g}: variance {none:.4f} without a baseline, "
        f"{at_value:.4f} with the expected reward {value:g} (which {verdict}), "
        f"{least:.4f} with the best baseline {best:.3g}."
    )


parabola = partial(
    Explorer,
    plot_parabola,
    describe=describe_parabola,
    title="Variance of one update against the baseline, arms that pay 0 and 1",
    labels={"p": "probability of the better arm", "noise": "standard deviation of rewards"},
)


def _marks(p: float, noise: float) -> dict[str, tuple[float, float]]:
    policy, values = np.array([1 - p, p]), np.array([0.0, 1.0])
    best = numeric.optimal_baseline(policy, values)
    names = {"none": 0.0, "expected reward": p, "best, $b^*$": best, "$2b^*$": 2 * best}
    return {
        name: (b, float(numeric.estimator_variance(policy, values, b, noise**2)))
        for name, b in names.items()
    }


# How long the better of two arms may stay untried.


def plot_survival(ax: Axes, step_size: float, reward: float) -> Axes:
    """Survival on log-log axes with its power law."""
    steps = np.unique(np.geomspace(1, 100_000, 40).astype(int))
    survival = np.exp(_survival(step_size, reward)[steps])
    label = f"$\\alpha\\rho$ = {step_size * reward:g}"
    curves = {label: (survival, -1 / (2 * step_size * reward))}
    figures.plot_survival(ax, steps, curves)
    ax.set_ylim(1e-4, 1.5)
    return ax


def describe_survival(step_size: float, reward: float) -> str:
    """The exponent, what it says of the mean wait, and survival after 100 and 100,000 steps."""
    product, survival = step_size * reward, np.exp(_survival(step_size, reward))
    mean = "infinite" if product >= 0.5 else "finite"
    return (
        f"Step size times reward {product:g}: the chance that the better arm was never tried falls "
        f"like T to the power {-1 / (2 * product):.3f}; the mean wait is {mean}. "
        f"After 100 steps it is {survival[100]:.2g}, after 100,000 steps {survival[-1]:.2g}."
    )


survival = partial(
    Explorer,
    plot_survival,
    describe=describe_survival,
    title="How long the better arm may stay untried",
    labels={"step_size": "step size α", "reward": "reward of the worse arm ρ"},
)


@lru_cache(maxsize=256)
def _survival(step_size: float, reward: float) -> FloatArray:
    return numeric.log_survival(step_size, reward, 100_000)
