"""What does it look like? Each function draws given numbers on given Axes and returns the Axes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from pgbook import charts, style
from pgbook.montecarlo import Estimate
from pgbook.validation import FloatArray


def plot_training(ax: Axes, steps: np.ndarray, curves: Mapping[str, Estimate]) -> Axes:
    """Mean probability of the best action against the number of steps, with 95% bands."""
    charts.plot_bands(ax, steps, curves)
    ax.set(xlabel="step $t$", ylabel="probability of the best action", ylim=(0, 1))
    ax.legend(loc="center right", bbox_to_anchor=(1, 0.7))
    return ax


def plot_bars(ax: Axes, values: Mapping[str, float], truth: float, *, ylabel: str) -> Axes:
    """One bar a name, and a line at the truth."""
    places = np.arange(len(values))
    ax.bar(places, list(values.values()), 0.6, color=style.ESTIMATE, alpha=0.6)
    ax.axhline(truth, color=style.EXACT, linestyle="--", label="true gradient")
    ax.set_xticks(places, list(values))
    ax.set(ylabel=ylabel)
    ax.margins(y=0.15)
    ax.legend(loc="upper left")
    return ax


def plot_estimators(
    ax: Axes, names: Sequence[str], means: FloatArray, deviations: FloatArray, truth: float
) -> Axes:
    """Mean of each estimator with one standard deviation to either side, and the true gradient."""
    rows = np.arange(len(names))[::-1]
    ax.errorbar(means, rows, xerr=deviations, fmt="o", color=style.ESTIMATE, capsize=5)
    ax.axvline(truth, color=style.EXACT, linestyle="--")
    ax.set_yticks(rows, names)
    ax.set(xlabel="mean ± one standard deviation of one estimate")
    ax.set_ylim(-0.6, len(names) - 0.4)
    return ax


def plot_running_mean(
    ax: Axes, counts: np.ndarray, running: Estimate, truth: float, limit: float
) -> Axes:
    """Running mean with its 95% band, the true derivative, and where the mean converges."""
    charts.plot_bands(ax, counts, {"mean of score estimates": running})
    ax.axhline(truth, color=style.EXACT, linestyle="-", linewidth=1.2, label="true derivative")
    if not np.isclose(limit, truth, rtol=1e-9, atol=1e-12):
        ax.axhline(limit, color=style.REFERENCE, linestyle="--", label="limit of the mean")
    ax.set(xlabel="number of samples N", ylabel="derivative", xscale="log")
    charts.use_decades(ax.xaxis)
    # The first band is wide; what matters is its end and the lines.
    low, high = (end[len(counts) // 3 :] for end in running.band())
    ends = (low.min(), high.max(), truth, limit, 0.0)
    margin = 0.3 * (max(ends) - min(ends))
    ax.set_ylim(min(ends) - margin, max(ends) + 2 * margin)
    ax.legend(loc="upper right")
    return ax


def plot_batches(ax: Axes, sizes: np.ndarray, variances: Mapping[str, FloatArray]) -> Axes:
    """Variance of the mean of a batch, times its size, against its size."""
    styles = (style.ARMS, style.LINES, charts.MARKERS)
    for (label, values), color, line, marker in charts.looks(variances, *styles):
        ax.plot(sizes, values * sizes, color=color, linestyle=line, marker=marker, label=label)
    ax.set(xlabel="batch size $N$", ylabel="$N$ times the variance", xscale="log")
    ax.set_xticks(sizes, [f"{size}" for size in sizes])
    ax.minorticks_off()
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


def plot_surface(ax: Axes, t: FloatArray, curves: Mapping[str, FloatArray], ylabel: str) -> Axes:
    """A function of t at a few values of x, on a logarithmic axis for t."""
    for (label, curve), color, line in charts.looks(curves, style.ARMS, style.LINES):
        ax.semilogx(t, curve, color=color, linestyle=line, label=label)
    charts.use_decades(ax.xaxis)
    ax.set(xlabel="$t$", ylabel=ylabel)
    ax.legend()
    return ax


def plot_height(ax: Axes, x: FloatArray, t: FloatArray, values: FloatArray, most: float) -> Axes:
    """A function of x and t by colour, values of shape (T, X), clipped at plus and minus `most`."""
    shown = ax.imshow(
        values, extent=(x[0], x[-1], t[0], t[-1]), origin="lower", aspect="auto",
        cmap="RdBu_r", vmin=-most, vmax=most, interpolation="bilinear",
    )  # fmt: skip
    levels = ax.contour(x, t, values, levels=[-most, -most / 2, most / 2, most], colors="k")
    levels.set_linewidth(0.7)
    ax.figure.colorbar(shown, ax=ax, label="$f(x, t)$", extend="both")
    ax.grid(visible=False)
    ax.set(xlabel="$x$", ylabel="$t$")
    return ax


def plot_hole(ax: Axes, x: FloatArray, slope: FloatArray, at_zero: tuple[float, float]) -> Axes:
    """Slope of an integral, and the integral of the slope, which differs at zero alone."""
    outside, inside = at_zero
    ax.plot(x, slope, color=style.EXACT, linestyle="-", label="slope of $F$")
    ax.plot(0, outside, "o", color=style.EXACT, markerfacecolor="white", markersize=8)
    ax.plot(0, inside, "s", color=style.REFERENCE, markersize=8, label=r"$h(0)$")
    ax.set(xlabel="$x$", ylabel=r"slope of the integral, $h(x)$")
    ax.legend()
    return ax
