"""What if? Each explorer draws a figure and says in a sentence, with its numbers, what it shows.

All work at any value of their parameters; the notebooks give the grid:
``explorers.batches(n_samples=[...], ...)``.
"""

from functools import lru_cache

import numpy as np

from pgbook import charts, mdp, policies, style
from pgbook.explorer import explorable, number
from pgbook.montecarlo import Estimate, estimate
from pgbook.outcomes import BATCH_BASELINES, bandit
from pgbook.unbiased import figures, numeric
from pgbook.unbiased.numeric import leibniz

LOG_MEAN, LOG_DEVIATION, RUNS = np.array([0.0, 0.5]), np.array([1.5, 0.1]), 500


@explorable("Agents that descend one of three losses", step_size="step size α")
def losses(ax, loss, step_size):
    size, rng = {"n_steps": 300, "n_runs": RUNS}, np.random.default_rng(1)
    paths = numeric.train(loss, LOG_MEAN, LOG_DEVIATION, step_size=step_size, **size, rng=rng)
    curve = estimate(paths[::10, :, 0].T)
    figures.plot_training(ax, np.arange(0, 301, 10), {f"{loss}, {RUNS} runs": curve})
    return (
        f"Loss {loss}, step size {step_size:g}: after 300 steps the better action has the mean "
        f"probability {curve.mean[-1]:.3f} (standard error {curve.standard_error[-1]:.3f}, "
        f"{RUNS} runs, seed 1); it began at {curve.mean[0]:.3f}."
    )


@explorable(
    "The means of four estimators for a coin tossed T times",
    play="horizon",
    discount="discount γ",
    horizon="horizon T",
)
def coin(ax, discount, horizon):
    p = 0.3
    truth = mdp.evaluate_steps(mdp.coin(discount, horizon), [[1 - p, p]]).gradient[0, 1]
    names = ("single\ntime", "no\nγᵗ", "full\nscore", "reward\nto go")
    means = dict(zip(names, numeric.coin_means(p, discount, horizon), strict=True))
    figures.plot_bars(ax, means, truth, ylabel="mean of the estimate")
    ax.set_ylim(0, 2.6)
    listed = ", ".join(f"{name} {mean:.3f}" for name, mean in means.items()).replace("\n", " ")
    return f"γ = {discount:g}, T = {horizon}, p = {p:g}: true gradient {truth:.3f}; {listed}."


SAMPLES = 20_000


def _running_mean(samples, counts):
    mean = np.cumsum(samples)[counts - 1] / counts
    spread = np.cumsum(samples**2)[counts - 1] / counts - mean**2
    return Estimate(mean, np.sqrt(np.maximum(spread, 0.0) / (counts - 1)))


@explorable(
    "The score identity, family by family", theta="parameter θ", power="power of x in the payoff"
)
def identity(ax, family, theta, power):
    law = numeric.FAMILIES[family]
    samples = law.sample_estimates(theta, power, SAMPLES, rng=np.random.default_rng(3))
    counts = np.unique(np.geomspace(10, SAMPLES, 25).astype(int))
    running, truth = _running_mean(samples, counts), law.derivative(theta, power)
    limit = float(law.one_step(theta, power).estimates().mean()[0])
    figures.plot_running_mean(ax, counts, running, truth, limit)
    if not law.finite_variance:
        verdict = "unbiased, with infinite variance: the standard error means nothing"
    elif law.unbiased:
        verdict = "unbiased"
    else:
        sign = "; even the sign is wrong" if limit * truth < 0 else ""
        verdict = f"biased: the mean converges to {limit:.3f}{sign}"
    payoff = ("x", "x²", "x³")[power - 1]
    return (
        f"{family} at θ = {theta:g}, f = {payoff}: {SAMPLES:,} samples give {running.mean[-1]:.3f} "
        f"(standard error {running.standard_error[-1]:.3f}); the true derivative is {truth:.3f}; "
        f"{verdict}. The vertical axis fits this law."
    )


@explorable(
    "Score and pathwise estimates of the slope of a normal mean",
    mean="mean μ",
    deviation="deviation σ",
)
def normal(ax, mean, deviation):
    def variance(b):
        return numeric.normal_square_variance(mean, deviation, b)

    best, pathwise = mean**2 + 3 * deviation**2, 4 * deviation**2
    at = {"none": 0.0, "mean payoff": mean**2 + deviation**2, "b*": best, "2b*": 2 * best}
    marks = {name: (b / best, float(variance(b))) for name, b in at.items()}
    shares = np.linspace(-0.1, 2.1, 89)
    charts.plot_parabola(ax, shares, variance(shares * best), marks)
    ax.axhline(pathwise, color=style.MUTED, linestyle="--", label="pathwise")
    ax.set(xlabel="baseline $b$, as a share of the best one, b*", ylabel="variance")
    ax.set(yscale="log", xlim=(-0.15, 2.15), ylim=(0.1, 1e5))
    charts.use_decades(ax.yaxis)
    ax.legend(loc="upper center", ncols=3)
    listed = "; ".join(f"{name} {value:.2f}" for name, (_, value) in marks.items())
    return (
        f"Normal with mean {mean:g} and deviation {deviation:g}, f = x²: variance of the score "
        f"estimate by baseline: {listed}; pathwise {pathwise:.2f}."
    )


@explorable(
    "Baselines from the same batch", n_samples="batch size N", p="probability p of the better arm"
)
def batches(ax, n_samples, p):
    truth = policies.policy_gradient([1 - p, p], [1.0, 2.0])[1]
    shrink = {"own mean": 1 - 1 / n_samples}
    means = np.array([truth * shrink.get(name, 1.0) for name in BATCH_BASELINES])
    arms = bandit([1 - p, p], [1.0, 2.0])
    # The two components are opposite, so each has half of the variance.
    variances = [arms.batch_variance(n_samples, name) / 2 for name in BATCH_BASELINES]
    labels = [name.replace(" ", "\n", 1) for name in BATCH_BASELINES]
    figures.plot_estimators(ax, labels, means, np.sqrt(variances), truth)
    ax.set(xlabel="mean of a batch ± one standard deviation", xlim=(-0.4, 0.85))
    listed = ", ".join(
        f"{name} {mean:.4f} ± {deviation:.4f}"
        for name, mean, deviation in zip(BATCH_BASELINES, means, np.sqrt(variances), strict=True)
    )
    return (
        f"N = {n_samples}, p = {p:g}, rewards 1 and 2: true gradient {truth:.4f}; {listed}; "
        f"the own mean shrinks by {1 - 1 / n_samples:.3f}."
    )


@lru_cache(maxsize=8)
def _gae_of(critic):
    """Bias and variance on the random problem of the chapter at 41 decays."""
    rng = np.random.default_rng(4)
    moves, reward = rng.dirichlet(np.ones(2), size=(2, 2)), rng.normal(size=(2, 2))
    problem = mdp.MDP(moves, reward, np.array([0.5, 0.5]), 0.9, 4)
    policy = policies.softmax(rng.normal(size=(2, 2)))
    return numeric.gae(problem, policy, critic, np.linspace(0, 1, 41))


@explorable("GAE(λ): squared error of a mean of N trajectories", n_samples="trajectories N")
def gae(ax, critic, n_samples):
    decays, (bias, variance) = np.linspace(0, 1, 41), _gae_of(critic)
    error = bias**2 + variance / n_samples
    parts = {"squared error": error, "bias²": bias**2, "variance / N": variance / n_samples}
    charts.plot_lines(ax, decays, parts, xlabel="λ", ylabel="squared error")
    best = int(error.argmin())
    ax.plot(decays[best], error[best], "o", color=style.EXACT)
    ax.set(yscale="log", xlim=(-0.02, 1.02), ylim=(1e-6, 100))
    charts.use_decades(ax.yaxis)
    ax.legend(loc="upper center", ncols=2)
    return (
        f"Critic {critic}, N = {n_samples:,}: the squared error is least at "
        f"λ = {decays[best]:.2f}, {error[best]:.2g}; at λ = 0 it is {error[0]:.2g}, at λ = 1 "
        f"{error[-1]:.2g}."
    )


@explorable("The slope of the surface, along t", size=(5.0, 3.0))
def surface(ax, x):
    t = np.geomspace(1e-6, 1, 200)
    # On a logarithmic axis the area is that of t times the function.
    ax.semilogx(t, t * leibniz.slope(x, t), color=style.ESTIMATE, linestyle="-")
    ax.fill_between(t, t * leibniz.slope(x, t), color=style.ESTIMATE, alpha=0.2, linewidth=0)
    ax.axhline(0, color=style.EXACT, linewidth=0.8)
    charts.use_decades(ax.xaxis)
    ax.set(xlabel="$t$", ylabel="t times the slope of f in x", ylim=(-0.5, 0.7))
    if x == 0:
        return (
            "x = 0: the slope in x is 0 for every t, so its integral is 0.000; but F'(0) = 1.000."
        )
    total, below = float(leibniz.integral_of_slope(x)), float(leibniz.slope_below(x, 0.01))
    return (
        f"x = {x:g}: the integral of the slope over t is {number(total)}, of which {number(below)} "
        f"comes from t below 0.01; F'(0) = 1.000."
    )


@explorable(
    "Entropy in the reward, not differentiated",
    temperature="temperature τ",
    gap="reward of the better action",
)
def entropy(ax, temperature, gap):
    logits = np.linspace(-4, 4, 41)
    steps = np.array([numeric.entropy_steps(z, temperature, gap) for z in logits]).T
    labels = ("true gradient", "whole entropy in R", "sampled bonus in R")
    curves, xlabel = dict(zip(labels, steps, strict=True)), "logit $z$ of the better action"
    charts.plot_lines(ax, logits, curves, xlabel=xlabel, ylabel="mean step")
    ax.set(ylim=(-0.5, 1.2))
    ax.legend(loc="upper left")
    truth, whole, sampled = numeric.entropy_steps(1.0, temperature, gap)
    rest = f"at logit {gap / temperature:.2f}" if temperature else "at no logit: it grows for ever"
    return (
        f"Temperature {temperature:g}, rewards 0 and {gap:g}: at logit 1 the true gradient is "
        f"{number(truth, 4)}, the sampled bonus gives {number(sampled, 4)}, the whole entropy "
        f"{number(whole, 4)}. The objective is best {rest}; without the slope of the entropy the "
        f"logit grows without end."
    )
