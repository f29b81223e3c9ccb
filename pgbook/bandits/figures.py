"""What does it look like? Each function draws given numbers on given Axes and returns the Axes."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from pgbook import charts, style
from pgbook.montecarlo import Estimate
from pgbook.validation import FloatArray

CORNERS = np.array([[0.5, np.sqrt(3) / 2], [0.0, 0.0], [1.0, 0.0]])  # of the simplex, by arm


def plot_objective(ax: Axes, logits: FloatArray, objective: FloatArray, best: float) -> Axes:
    """The objective of two arms against the logit of the better one, and its supremum."""
    ax.plot(logits, objective, color=style.EXACT, linestyle="-", label="objective $J$")
    ax.axhline(best, color=style.REFERENCE, linestyle="--", label="best arm's value")
    ax.set(xlabel="logit of the better arm, $H(1) - H(0)$", ylabel="expected reward")
    ax.legend(loc="lower right")
    return ax


def plot_overflow(ax: Axes, x: FloatArray, naive: FloatArray, stable: FloatArray) -> Axes:
    """Probability of one arm by the formula as typed and by the shifted one."""
    ax.plot(x, stable, color=style.EXACT, linestyle="-", linewidth=4, alpha=0.3, label="shifted")
    ax.plot(x, naive, color=style.ESTIMATE, linestyle="-", label="as typed")
    missing = np.isnan(naive)
    ax.plot(
        x[missing], np.full(missing.sum(), 0.5), "x", color=style.REFERENCE, label="as typed: nan"
    )
    ax.set(xlabel="preference $x$", ylabel="probability", ylim=(-0.05, 1.05))
    return ax


def plot_probability_bars(ax: Axes, bars: Mapping[str, FloatArray]) -> Axes:
    """Bars of probabilities side by side; NaN is written where a bar would stand."""
    width, hatches = 0.8 / len(bars), ("", "//", "..")
    for i, (label, probabilities) in enumerate(bars.items()):
        place = np.arange(probabilities.size) + (i - (len(bars) - 1) / 2) * width
        shown = np.nan_to_num(probabilities)
        ax.bar(
            place, shown, width, color=style.ARMS[i], hatch=hatches[i], edgecolor="w", label=label
        )
        for where in place[np.isnan(probabilities)]:
            ax.text(
                where, 0.02, "nan", rotation=90, ha="center", va="bottom", color=style.REFERENCE
            )
    ax.set(xlabel="arm", ylabel="probability", ylim=(0, 1.2), xticks=range(probabilities.size))
    ax.legend(loc="upper left", ncols=len(bars))
    return ax


def plot_inverse_cdf(ax: Axes, policy: FloatArray) -> Axes:
    """The intervals of [0, 1) that the arms own."""
    ends = np.concatenate([[0.0], np.cumsum(policy)])
    ax.step(ends, [*range(policy.size), policy.size - 1], where="post", color=style.EXACT)
    for arm, (low, high) in enumerate(pairwise(ends)):
        ax.axvspan(low, high, color=style.ARMS[arm], alpha=0.15)
        ax.text((low + high) / 2, -0.45, f"{high - low:.3f}", ha="center", va="center")
    ax.set(xlabel="uniform number $u$", ylabel="arm", xlim=(0, 1), ylim=(-0.8, policy.size - 0.5))
    ax.set_yticks(range(policy.size))
    return ax


def _plot_intervals(ax: Axes, arms: np.ndarray, estimate: Estimate, label: str) -> None:
    low, high = estimate.band()
    errors = np.array([estimate.mean - low, high - estimate.mean])
    ax.errorbar(arms, estimate.mean, errors, fmt="o", color=style.ESTIMATE, capsize=5, label=label)


def plot_frequencies(ax: Axes, policy: FloatArray, counts: Estimate) -> Axes:
    """Frequencies of arms with 95% intervals, against the policy."""
    arms = np.arange(policy.size)
    ax.hlines(policy, arms - 0.35, arms + 0.35, color=style.EXACT, label="policy")
    _plot_intervals(ax, arms, counts, "frequency, 95%")
    ax.set(xlabel="arm", ylabel="probability", ylim=(0, 1), xticks=arms)
    ax.legend(loc="upper left")
    return ax


def plot_exploration(ax: Axes, steps: np.ndarray, probability: FloatArray) -> Axes:
    """Probability of the worse arm under exact ascent, and the law 1 / (2t)."""
    ax.loglog(steps, probability, color=style.EXACT, linestyle="-", label="exact ascent")
    ax.loglog(steps, 1 / (2 * steps), color=style.REFERENCE, linestyle="--", label="$1 / (2t)$")
    charts.use_decades(ax.xaxis, ax.yaxis)
    ax.set(xlabel="step $t$", ylabel="probability of the worse arm")
    ax.legend()
    return ax


def plot_update(ax: Axes, policy: FloatArray, after: FloatArray, change: FloatArray) -> Axes:
    """One update: the policy before and after, and the change of each preference above it."""
    plot_probability_bars(ax, {"policy before": policy, "policy after": after})
    for arm, step in enumerate(change):
        sign = "+" if step > 0 else "−" if step < 0 else "±"
        ax.annotate(
            f"$\\Delta H$ = {sign}{abs(step):.3f}",
            (arm, max(policy[arm], after[arm]) + 0.02),
            ha="center",
            va="bottom",
        )
    return ax


def plot_gradient(ax: Axes, exact: FloatArray, sampled: Estimate) -> Axes:
    """The exact gradient and its Monte Carlo estimate with 95% intervals."""
    arms = np.arange(exact.size)
    ax.bar(arms, exact, 0.5, color=style.MUTED, alpha=0.4, label="exact")
    _plot_intervals(ax, arms, sampled, "sampled, 95%")
    ax.axhline(0, color=style.EXACT, linewidth=0.8)
    ax.set(xlabel="arm $j$", ylabel=r"$\partial J / \partial H(j)$", xticks=arms)
    ax.legend()
    return ax


def plot_learning_curves(ax: Axes, curves: Mapping[str, Estimate], every: int = 1) -> Axes:
    """Fraction of runs that pull the best arm, with 95% bands, at every so many steps."""
    steps = np.arange(len(next(iter(curves.values())).mean))[::every]
    thinned = {
        label: Estimate(curve.mean[::every], curve.standard_error[::every])
        for label, curve in curves.items()
    }
    charts.plot_bands(ax, steps, thinned)
    ax.set(xlabel="step $t$", ylabel="fraction of best arm", ylim=(0, 1))
    ax.legend(loc="lower right", ncols=1 + (len(curves) > 3))
    return ax


def plot_final_fractions(
    ax: Axes, step_sizes: Sequence[float], fractions: Mapping[str, Estimate]
) -> Axes:
    """Fraction of best arm at the end of learning against the step size, with 95% intervals."""
    charts.plot_bands(ax, step_sizes, fractions, markers=True)
    ax.set(xlabel=r"step size $\alpha$", ylabel="fraction of best arm", xscale="log", ylim=(0, 1))
    ax.set_xticks(step_sizes, [f"{alpha:g}" for alpha in step_sizes])
    ax.minorticks_off()
    ax.legend(loc="lower left")
    return ax


def plot_simplex_paths(
    ax: Axes, exact: FloatArray, sampled: FloatArray, values: FloatArray
) -> Axes:
    """Paths of three-armed policies in the simplex: exact (T, 3) and sampled (T, N, 3)."""
    triangle = CORNERS[[0, 1, 2, 0]]
    ax.plot(*triangle.T, color=style.MUTED, linestyle="-", linewidth=1)
    for arm, (corner, value) in enumerate(zip(CORNERS, values, strict=True)):
        below = arm != 0
        ax.text(
            corner[0], corner[1] + (-0.05 if below else 0.04), f"arm {arm}, $q = {value:g}$",
            ha="center", va="top" if below else "bottom",
        )  # fmt: skip
    x, y = np.moveaxis(sampled @ CORNERS, -1, 0)
    first, *_ = ax.plot(x, y, color=style.ESTIMATE, linestyle="-", linewidth=0.8, alpha=0.6)
    first.set_label(f"{sampled.shape[1]} sampled paths")
    ax.plot(*(exact @ CORNERS).T, color=style.EXACT, linestyle="-", label="exact ascent")
    ax.plot(*(exact[0] @ CORNERS), "o", color=style.EXACT, label="start")
    ax.set(xlim=(-0.2, 1.2), ylim=(-0.2, 0.95), aspect="equal")
    ax.axis("off")
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=3, handlelength=1.4, columnspacing=1
    )
    return ax


def plot_best_probability(ax: Axes, exact: FloatArray, mean: Estimate, median: FloatArray) -> Axes:
    """Probability of the best arm: exact path (T,), median and mean of sampled ones with band."""
    steps, (low, high) = np.arange(len(exact)), mean.band()
    ax.plot(steps, exact, color=style.EXACT, linestyle="-", label="exact ascent")
    ax.plot(steps, mean.mean, color=style.ESTIMATE, linestyle="--", label="mean of the runs")
    ax.fill_between(steps, low, high, color=style.ESTIMATE, alpha=0.25, linewidth=0)
    ax.plot(steps, median, color=style.REFERENCE, linestyle="-.", label="median of the runs")
    ax.set(xlabel="step $t$", ylabel="probability of the best arm", ylim=(0, 1))
    ax.legend(loc="upper left")
    return ax


def plot_survival(
    ax: Axes, steps: np.ndarray, curves: Mapping[str, tuple[FloatArray, float]]
) -> Axes:
    """Probability that the better arm was never tried, and its power law, on log-log axes.

    `curves` maps a label to (survival at `steps`, exponent); the law is drawn through
    the end.
    """
    for (label, (survival, exponent)), color in charts.looks(curves, style.ARMS):
        ax.loglog(steps, survival, color=color, linestyle="-", label=label)
        law = survival[-1] * (steps / steps[-1]) ** exponent
        ax.loglog(steps, law, color=color, linestyle=":", linewidth=1.2)
    charts.use_decades(ax.xaxis, ax.yaxis)
    ax.set(xlabel="steps $T$", ylabel="P(better arm never tried)", ylim=(None, 1.5))
    ax.legend(title="dotted: the power law")
    return ax


def plot_step_sizes(
    ax: Axes, step_sizes: FloatArray, exact: FloatArray, sampled: FloatArray, start: float
) -> Axes:
    """Objective after one step against its size: exact, and for each arm that may be sampled."""
    for arm, after in enumerate(sampled):
        ax.semilogx(
            step_sizes, after, color=style.ARMS[arm], linestyle=style.LINES[arm + 1],
            linewidth=1.2, label=f"arm {arm} sampled",
        )  # fmt: skip
    ax.semilogx(step_sizes, exact, color=style.EXACT, linestyle="-", label="exact gradient")
    ax.axhline(start, color=style.MUTED, linestyle="-", linewidth=1, label="before the step")
    charts.use_decades(ax.xaxis)
    ax.set(xlabel=r"step size $\alpha$", ylabel="objective after one step")
    ax.legend(loc="lower left")
    return ax
