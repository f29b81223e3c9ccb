"""What if? Each explorer draws a figure and says in a sentence, with its numbers, what it shows.

All work at any value of their parameters; the notebooks give the grid:
``explorers.survival(reward=[...], ...)``.
"""

import numpy as np

from pgbook import charts, policies, style
from pgbook.bandits import figures, numeric
from pgbook.explorer import explorable, number, words
from pgbook.montecarlo import Estimate, estimate, largest_z
from pgbook.outcomes import bandit

RUNS = 500


@explorable("A bandit learns", step_size="step size α")
def learner(ax, step_size, baseline=0.0):
    """Three arms that pay 1, 0.5 and 0, without noise: the probability of each, over the steps."""
    size = {"step_size": step_size, "n_steps": 500, "n_runs": RUNS}
    q, rng = np.array([1.0, 0.5, 0.0]), np.random.default_rng(6)
    paths = numeric.sample_paths(np.zeros(3), q, **size, baseline=baseline, rng=rng)
    runs = policies.softmax(paths[::10])
    means = {f"pays {value:g}": estimate(runs[..., a].T) for a, value in enumerate(q)}
    charts.plot_bands(ax, np.arange(0, 501, 10), means)
    ax.set(xlabel="step $t$", ylabel="mean probability", xlim=(0, 500), ylim=(0, 1.3))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.legend(loc="upper center", ncols=3, columnspacing=1.2)
    best, stuck = estimate(runs[-1, :, 0]), np.mean(runs[-1, :, 0] < 0.5)
    error = f"{best.standard_error:.3f}" if best.standard_error >= 0.0005 else "below 0.001"
    return (
        f"Step size {step_size:g}: after 500 steps the best arm has the probability "
        f"{best.mean:.3f} on average ({RUNS} runs, standard error {error}, "
        f"seed 6); in {100 * stuck:.1f}% of the runs it is below one half."
    )


@explorable(
    "The objective of two arms", logit="logit of the better arm", gap="reward of the better arm"
)
def objective(ax, logit, gap):
    logits = np.linspace(-6, 6, 61)
    values = gap * policies.softmax(np.stack([0 * logits, logits], axis=-1))[:, 1]
    figures.plot_objective(ax, logits, values, gap)
    p, ends = policies.softmax([0.0, logit])[1], np.array([-1.5, 1.5])
    here, slope, curvature = gap * p, gap * p * (1 - p), gap * p * (1 - p) * (1 - 2 * p)
    ax.plot(logit + ends, here + slope * ends, color=style.ESTIMATE, linestyle="-.")
    ax.plot(logit, here, "o", color=style.ESTIMATE)
    ax.set(xlim=(-7.5, 7.5), ylim=(-0.2, 2.2))
    shape = "convex" if curvature > 1e-9 else "concave" if curvature < -1e-9 else "inflection"
    return (
        f"Logit {logit:g}: the better arm is pulled with probability {p:.4f}; "
        f"J = {here:.4f}, short of the supremum by {gap - here:.4f}; slope {slope:.4f}, "
        f"curvature {number(curvature, 4)} ({shape} here)."
    )


@explorable("Softmax of extreme preferences")
def overflow(ax, x, preferences):
    h = np.array([0.0, x] if preferences == "(0, x)" else [x, x - 0.5, x])
    typed, shifted = numeric.naive_softmax(h), policies.softmax(h)
    figures.plot_probability_bars(ax, {"as typed": typed, "shifted": shifted})
    ax.set(xlim=(-0.6, 2.6), xticks=range(3))
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


@explorable("Frequencies of sampled arms", play="n_samples", n_samples="number of draws N")
def frequencies(ax, n_samples, seed):
    policy = policies.softmax([0.2, -0.4, 1.0])
    arms = policies.sample_actions(policy, n_samples, rng=np.random.default_rng(seed))
    frequencies = np.bincount(arms, minlength=3) / n_samples
    # Of the known policy: the error estimated from draws without some arm would be zero for it.
    counts = Estimate(frequencies, np.sqrt(policy * (1 - policy) / n_samples))
    figures.plot_frequencies(ax, policy, counts)
    return (
        f"{n_samples:,} draws: frequencies {words(counts.mean)} against {words(policy)}; "
        f"largest standard error {counts.standard_error.max():.4f}; "
        f"largest |z| {largest_z(counts, policy):.2f}."
    )


@explorable(
    "One update of three preferences, step size 0.4", arm="arm pulled", first="preference of arm 0"
)
def update(ax, arm, reward, first):
    before = np.array([first, 0.0, 0.5])
    agent = numeric.GradientBandit(3, 0.4, rng=np.random.default_rng(0), preferences=before)
    policy = agent.softmax()
    agent.update(arm, reward)
    change, after = agent.preferences - before, agent.softmax()
    figures.plot_update(ax, policy, after, change)
    return (
        f"Arm {arm} pays {reward:g}: the preferences change by {words(change)} "
        f"(sum {abs(change.sum()):.3f}); the policy goes from {words(policy)} to {words(after)}."
    )


#: Policies of three arms from which learning starts, by name.
STARTS = {
    "uniform": (1 / 3, 1 / 3, 1 / 3),
    "near the second arm": (0.05, 0.94, 0.01),
    "plateau": (0.03, 0.94, 0.03),
}


@explorable(
    "Paths of three-armed policies, 400 steps",
    size=(5.0, 4.2),
    origin="start",
    step_size="step size α",
    second="value of the second arm",
)
def paths(ax, origin, step_size, second, baseline):
    h, values = np.log(np.array(STARTS[origin])), np.array([1.0, second, 0.0])
    steps, constant = {"step_size": step_size, "n_steps": 400}, 0.0 if baseline == "none" else 0.95
    runs = {"n_runs": 8, "baseline": constant, "rng": np.random.default_rng(5)}
    exact = policies.softmax(numeric.ascend(h, values, **steps))
    sampled = policies.softmax(numeric.sample_paths(h, values, **steps, **runs))
    figures.plot_simplex_paths(ax, exact[::10], sampled[::10], values)
    best, ends = exact[:, 0], estimate(sampled[-1, :, 0])
    return (
        f"Best arm under exact ascent: {best[0]:.3f} at the start, {best.min():.3f} at its lowest, "
        f"{best[-1]:.3f} after {len(exact) - 1} steps. {sampled.shape[1]} sampled paths end at "
        f"{ends.mean:.2f} on average (standard error {ends.standard_error:.2f}, seed 5)."
    )


@explorable(
    "Variance of one update against the baseline, arms that pay 0 and 1",
    p="probability of the better arm",
    noise="standard deviation of rewards",
)
def parabola(ax, p, noise):
    arms = bandit([1 - p, p], [0.0, 1.0], noise)
    best = arms.optimal_baseline()
    at = {"none": 0.0, "expected reward": p, "best, b*": best, "2b*": 2 * best}
    marks = {name: (b, arms.estimates(b).variance()) for name, b in at.items()}
    baselines = np.linspace(-0.1, 2.0, 43)
    variances = [arms.estimates(b).variance() for b in baselines]
    charts.plot_parabola(ax, baselines, variances, marks)
    ax.legend(loc="upper center", ncols=2)
    ax.set(xlim=(-0.15, 2.05), ylim=(-0.04, 1.0))
    none, at_value, least, _ = (value for _, value in marks.values())
    verdict = "helps" if at_value < none - 1e-12 else "hurts" if at_value > none else "is neutral"
    return (
        f"Better arm with probability {p:g}: variance {none:.4f} without a baseline, "
        f"{at_value:.4f} with the expected reward {p:g} (which {verdict}), "
        f"{least:.4f} with the best baseline {best:.3g}."
    )


@explorable(
    "How long the better arm may stay untried",
    step_size="step size α",
    reward="reward of the worse arm ρ",
)
def survival(ax, step_size, reward):
    chance = np.exp(numeric.log_survival(step_size, reward, 100_000))
    steps, product = np.unique(np.geomspace(1, 100_000, 40).astype(int)), step_size * reward
    curves = {f"αρ = {product:g}": (chance[steps], -1 / (2 * product))}
    figures.plot_survival(ax, steps, curves)
    ax.set_ylim(1e-4, 1.5)
    ax.legend(title="dotted: the power law", loc="lower left")
    mean = "infinite" if product >= 0.5 else "finite"
    return (
        f"Step size times reward {product:g}: the chance that the better arm was never tried falls "
        f"like T to the power {-1 / (2 * product):.3f} once T is well above "
        f"{np.exp(product) / (2 * product):,.0f}; the mean wait is {mean}. "
        f"After 100 steps it is {chance[100]:.2g}, after 100,000 steps {chance[-1]:.2g}."
    )
