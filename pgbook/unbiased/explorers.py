"""What if? The explorers of the chapter, each a function that draws and one that describes.

Both take the parameters of the explorer and work at any value of them; what both need is computed
once, by a function below them. The notebooks give the grid: ``explorers.batches(n_samples=[...])``.
"""

from functools import lru_cache, partial

import numpy as np
from matplotlib.axes import Axes

from pgbook import charts, policies, style
from pgbook.explorer import Explorer
from pgbook.montecarlo import Estimate, estimate
from pgbook.unbiased import figures, numeric
from pgbook.unbiased.numeric import leibniz
from pgbook.validation import FloatArray

# Agents that descend one of three losses.

LOG_MEAN, LOG_DEVIATION, RUNS = np.array([0.0, 0.5]), np.array([1.5, 0.1]), 500


def plot_losses(ax: Axes, loss: str, step_size: float) -> Axes:
    """Probability of the best action while agents descend a loss."""
    steps = np.arange(0, 301, 10)
    return figures.plot_training(ax, steps, {f"{loss}, {RUNS} runs": _losses(loss, step_size)})


def describe_losses(loss: str, step_size: float) -> str:
    """Where the mean probability of the best action ends."""
    end = _losses(loss, step_size)
    return (
        f"Loss {loss}, step size {step_size:g}: after 300 steps the better action has the mean "
        f"probability {end.mean[-1]:.3f} (standard error {end.standard_error[-1]:.3f}, "
        f"{RUNS} runs, seed 1); it began at {end.mean[0]:.3f}."
    )


losses = partial(
    Explorer,
    plot_losses,
    describe=describe_losses,
    title="Agents that descend one of three losses",
    labels={"step_size": "step size α"},
)


@lru_cache
def _losses(loss: str, step_size: float) -> Estimate:
    paths = numeric.train(
        loss, LOG_MEAN, LOG_DEVIATION,
        step_size=step_size, n_steps=300, n_runs=RUNS, rng=np.random.default_rng(1),
    )  # fmt: skip
    return estimate(paths[::10, :, 0].T)


# Four estimators on a coin.


def plot_coin(ax: Axes, discount: float, horizon: int, p: float) -> Axes:
    """Means of four estimators for a coin, and its true gradient."""
    means, truth = _coin(discount, horizon, p)
    return figures.plot_bars(ax, means, truth, ylabel="mean of the estimate")


def describe_coin(discount: float, horizon: int, p: float) -> str:
    """The means and the gradient in numbers."""
    means, truth = _coin(discount, horizon, p)
    listed = ", ".join(f"{name.replace(chr(10), ' ')} {mean:.3f}" for name, mean in means.items())
    return f"γ = {discount:g}, T = {horizon}, p = {p:g}: true gradient {truth:.3f}; {listed}."


coin = partial(
    Explorer,
    plot_coin,
    describe=describe_coin,
    title="The means of four estimators for a coin tossed T times",
    labels={"discount": "discount γ", "horizon": "horizon T", "p": "probability p"},
)


def _coin(discount: float, horizon: int, p: float) -> tuple[dict[str, float], float]:
    truth = numeric.coin(discount, horizon).gradient(np.log([[1 - p, p]]))[1]
    means = numeric.coin_means(p, discount, horizon)
    names = ("single\ntime", "no\nγᵗ", "full\nscore", "reward\nto go")
    return dict(zip(names, means, strict=True)), float(truth)


# The score identity, family by family.

SAMPLES = 20_000


def plot_identity(ax: Axes, family: str, theta: float, power: int) -> Axes:
    """The running mean of score estimates against the true derivative."""
    counts, running, truth, limit = _identity(family, theta, power)
    return figures.plot_running_mean(ax, counts, running, truth, limit)


def describe_identity(family: str, theta: float, power: int) -> str:
    """The last running mean, the true derivative and the distance in standard errors."""
    _, running, truth, limit = _identity(family, theta, power)
    mean, error = running.mean[-1], running.standard_error[-1]
    if not numeric.FAMILIES[family].finite_variance:
        verdict = "unbiased, with infinite variance: the standard error means nothing"
    elif numeric.FAMILIES[family].unbiased:
        verdict = "unbiased"
    else:
        sign = "; even the sign is wrong" if limit * truth < 0 else ""
        verdict = f"biased: the mean converges to {limit:.3f}{sign}"
    payoff = ("x", "x²", "x³")[power - 1]
    return (
        f"{family} at θ = {theta:g}, f = {payoff}: {SAMPLES:,} samples give {mean:.3f} "
        f"(standard error {error:.3f}); the true derivative is {truth:.3f}; {verdict}."
    )


identity = partial(
    Explorer,
    plot_identity,
    describe=describe_identity,
    title="The score identity, family by family",
    labels={"theta": "parameter θ", "power": "power of x in the payoff"},
)


@lru_cache
def _identity(family: str, theta: float, power: int) -> tuple[np.ndarray, Estimate, float, float]:
    law = numeric.FAMILIES[family]
    samples = law.sample_estimates(theta, power, SAMPLES, rng=np.random.default_rng(3))
    counts = np.unique(np.geomspace(10, SAMPLES, 25).astype(int))
    mean = np.cumsum(samples)[counts - 1] / counts
    spread = np.cumsum(samples**2)[counts - 1] / counts - mean**2
    running = Estimate(mean, np.sqrt(np.maximum(spread, 0.0) / (counts - 1)))
    limit = law.one_step(theta, power).estimates().mean()[0]
    return counts, running, law.derivative(theta, power), float(limit)


# Score and pathwise estimates of the normal mean.


def plot_normal(ax: Axes, mean: float, deviation: float) -> Axes:
    """Variance of the score estimate against the baseline, with the pathwise one."""
    marks = _normal(mean, deviation)
    ends = [b for b, _ in marks.values()]
    baselines = np.linspace(min(ends) - 1, max(ends) + 1, 61)
    charts.plot_parabola(
        ax, baselines, numeric.normal_square_variance(mean, deviation, baselines), marks
    )
    ax.axhline(4 * deviation**2, color=style.MUTED, linestyle="--")
    ax.text(baselines[-1], 4 * deviation**2, "pathwise", ha="right", va="bottom")
    ax.set(ylabel="variance")
    ax.legend(loc="upper center", ncols=2)
    ax.set_ylim(top=1.35 * ax.get_ylim()[1])
    return ax


def describe_normal(mean: float, deviation: float) -> str:
    """The variances in numbers."""
    marks = _normal(mean, deviation)
    listed = "; ".join(f"{name} {variance:.2f}" for name, (_, variance) in marks.items())
    return (
        f"Normal with mean {mean:g} and deviation {deviation:g}, f = x²: variance of the score "
        f"estimate by baseline: {listed.replace('$', '').replace('^*', '*')}; "
        f"pathwise {4 * deviation**2:.2f}."
    )


normal = partial(
    Explorer,
    plot_normal,
    describe=describe_normal,
    title="Score and pathwise estimates of the slope of a normal mean",
    labels={"mean": "mean μ", "deviation": "deviation σ"},
)


def _normal(mean: float, deviation: float) -> dict[str, tuple[float, float]]:
    best = mean**2 + 3 * deviation**2
    named = {"none": 0.0, "mean payoff": mean**2 + deviation**2, "$b^*$": best, "$2b^*$": 2 * best}
    return {
        name: (b, float(numeric.normal_square_variance(mean, deviation, b)))
        for name, b in named.items()
    }


# Baselines from the same batch.


def plot_batches(ax: Axes, n_samples: int, p: float) -> Axes:
    """Mean and one standard deviation of the mean of a batch, by baseline."""
    names, means, deviations, truth = _batches(n_samples, p)
    figures.plot_estimators(ax, names, means, deviations, truth)
    ax.set(xlabel="mean of a batch ± one standard deviation")
    return ax


def describe_batches(n_samples: int, p: float) -> str:
    """Means and standard deviations in numbers."""
    names, means, deviations, truth = _batches(n_samples, p)
    listed = ", ".join(
        f"{name.replace(chr(10), ' ')} {mean:.4f} ± {deviation:.4f}"
        for name, mean, deviation in zip(names, means, deviations, strict=True)
    )
    return (
        f"N = {n_samples}, p = {p:g}, rewards 1 and 2: true gradient {truth:.4f}; {listed}; "
        f"the own mean shrinks by {1 - 1 / n_samples:.3f}."
    )


batches = partial(
    Explorer,
    plot_batches,
    describe=describe_batches,
    title="Baselines from the same batch",
    labels={"n_samples": "batch size N", "p": "probability p of the better arm"},
)


def _batches(n_samples: int, p: float) -> tuple[list[str], FloatArray, FloatArray, float]:
    problem = numeric.bandit([1 - p, p], [1.0, 2.0])
    truth = policies.policy_gradient([1 - p, p], [1.0, 2.0])[1]
    shrink = {"own mean": 1 - 1 / n_samples}
    means = np.array([truth * shrink.get(name, 1.0) for name in numeric.BATCH_BASELINES])
    # The two components are opposite, so each has half of the variance.
    deviations = np.sqrt(
        [problem.batch_variance(n_samples, name) / 2 for name in numeric.BATCH_BASELINES]
    )
    return [n.replace(" ", "\n", 1) for n in numeric.BATCH_BASELINES], means, deviations, truth


# The surface on which the Leibniz rule fails.


def plot_surface(ax: Axes, x: float) -> Axes:
    """The slope of the surface as a function of t, at one x."""
    t = np.geomspace(1e-6, 1, 200)
    # On a logarithmic axis the area is that of t times the function.
    ax.semilogx(t, t * leibniz.slope(x, t), color=style.ESTIMATE, linestyle="-")
    ax.fill_between(t, t * leibniz.slope(x, t), color=style.ESTIMATE, alpha=0.2, linewidth=0)
    ax.axhline(0, color=style.EXACT, linewidth=0.8)
    charts.use_decades(ax.xaxis)
    ax.set(xlabel="$t$", ylabel=r"$t\,\partial_x f(x, t)$", ylim=(-0.5, 0.7))
    return ax


def describe_surface(x: float) -> str:
    """The integral of the slope at x, and how much of it comes from small t."""
    total = float(leibniz.integral_of_slope(x))
    if x == 0:
        return (
            "x = 0: the slope in x is 0 for every t, so its integral is 0.000; but F'(0) = 1.000."
        )
    below = float(leibniz.slope_below(x, 0.01))
    return (
        f"x = {x:g}: the integral of the slope over t is {total:.3f}, of which {below:.3f} comes "
        f"from t below 0.01; F'(0) = 1.000."
    )


surface = partial(
    Explorer,
    plot_surface,
    describe=describe_surface,
    title="The slope of the surface, along t",
    size=(5.6, 3.2),
)


# Entropy in the reward.


def plot_entropy(ax: Axes, temperature: float, gap: float) -> Axes:
    """Gradient of the regularised objective against the logit, and what two programs find."""
    logits = np.linspace(-4, 4, 41)
    curves = np.array([numeric.entropy_steps(z, temperature, gap) for z in logits]).T
    labels = ("true gradient", "whole entropy in R", "sampled bonus in R")
    return charts.plot_lines(
        ax, logits, dict(zip(labels, curves, strict=True)),
        xlabel="logit $z$ of the better action", ylabel="mean step",
    )  # fmt: skip


def describe_entropy(temperature: float, gap: float) -> str:
    """Where each program comes to rest, and the three numbers at logit 1."""
    truth, whole, sampled = numeric.entropy_steps(1.0, temperature, gap)
    rest = gap / temperature if temperature else np.inf
    return (
        f"Temperature {temperature:g}, rewards 0 and {gap:g}: at logit 1 the true gradient is "
        f"{truth:.4f}, the sampled bonus gives {sampled:.4f}, the whole entropy {whole:.4f}. "
        f"The objective is best at logit {rest:.2f}; without the slope of the entropy the logit "
        f"grows without end."
    )


entropy = partial(
    Explorer,
    plot_entropy,
    describe=describe_entropy,
    title="Entropy in the reward, not differentiated",
    labels={"temperature": "temperature τ", "gap": "reward of the better action"},
)
