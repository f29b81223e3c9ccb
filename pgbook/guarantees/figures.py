"""What does it look like? Each function draws given numbers on given Axes and returns the Axes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from pgbook import charts, style
from pgbook.validation import FloatArray


def plot_shift(
    ax: Axes, times: np.ndarray, exact: FloatArray, bounds: Mapping[str, FloatArray]
) -> Axes:
    """The drift of the laws of the state, and bounds on it, as long as these say something."""
    shown = {name: np.where(bound < 2 + 1e-9, bound, np.nan) for name, bound in bounds.items()}
    charts.plot_lines(
        ax, times, {"exact": exact, **shown}, xlabel="step $t$", ylabel="L1 distance of the laws"
    )
    ax.axhspan(2, 3.2, color=style.MUTED, alpha=0.15, linewidth=0)
    ax.text(times[-1], 2.15, "says nothing", ha="right", va="center", color=style.EXACT)
    ax.set(ylim=(-0.05, 3.2), yticks=[0, 0.5, 1, 1.5, 2])
    ax.legend(loc="upper center", ncols=2)
    return ax


def plot_line(
    ax: Axes, fractions: FloatArray, gain: FloatArray, bounds: Mapping[str, FloatArray]
) -> Axes:
    """Gain, surrogate and lower bounds from one policy to another, as shares of the whole gain."""
    curves = {"true gain": gain, **bounds}
    labels = {"xlabel": "fraction of the way", "ylabel": "share of the whole gain"}
    charts.plot_lines(ax, fractions, curves, **labels)
    ax.axhline(0, color=style.MUTED, linewidth=0.8)
    ax.legend(loc="upper left", ncols=2)
    return ax


def plot_progress(ax: Axes, paths: Mapping[str, FloatArray]) -> Axes:
    """How much of the best possible gain is missing after each iteration, per rule."""
    for (label, path), color, line in charts.looks(paths, style.ARMS, style.LINES):
        # On the logarithmic axis a few dozen points look like all of them.
        at = np.unique(np.geomspace(1, len(path), 40).round().astype(int)) - 1
        # Round-off around zero is far below the picture; the line leaves it downwards.
        ax.plot(at, np.maximum(path[at], 1e-9), color=color, linestyle=line, marker="o",
                markersize=3, label=label)  # fmt: skip
    ax.set(xlabel="iteration", ylabel="missing share of the gain", xscale="symlog", yscale="log")
    ax.set_ylim(1e-4, 60)  # room for the legend
    charts.use_decades(ax.yaxis)
    ax.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    ax.set_xlim(0, max(len(path) for path in paths.values()))
    ax.legend(loc="upper center", ncols=2)
    return ax


def plot_aliased(
    ax: Axes, p: FloatArray, curves: Mapping[str, FloatArray], marks: Mapping[str, tuple]
) -> Axes:
    """The objective, its tangent and a bound over a shared probability; marks (p, J)."""
    truth = next(iter(curves.values()))
    most = np.max(truth) + 0.3 * np.ptp(truth)  # the curves end below the legend
    shown = {name: np.where(values <= most, values, np.nan) for name, values in curves.items()}
    charts.plot_lines(ax, p, shown, xlabel="new probability of action 1 in both states", ylabel="J")
    for (label, (at, value)), marker, color in charts.looks(marks, charts.MARKERS, style.ARMS):
        ax.plot(at, value, marker, color=color, markersize=9, label=label)
    ax.legend(loc="upper right", ncols=2)
    return ax


def plot_horizon(
    ax: Axes, horizons: np.ndarray, curves: Mapping[str, FloatArray], ylabel: str
) -> Axes:
    """Losses and penalties against the horizon, both axes logarithmic."""
    charts.plot_lines(ax, horizons, curves, xlabel="horizon $T$", ylabel=ylabel)
    ax.set(xscale="log", yscale="log")
    charts.use_decades(ax.xaxis, ax.yaxis)
    return ax


def plot_weights(
    ax: Axes, steps: np.ndarray, exact: FloatArray, sampled: FloatArray, *, ylabel: str
) -> Axes:
    """Powers of ten of an exact and of a sampled quantity against the number of steps."""
    charts.plot_lines(ax, steps, {"exact": exact}, xlabel="steps $T$", ylabel=ylabel)
    ax.plot(steps, sampled, color=style.ESTIMATE, linestyle="--", label="from samples")
    ax.legend()
    return ax


def plot_coupling(ax: Axes, p: FloatArray, q: FloatArray, joint: FloatArray) -> Axes:
    """Two laws as bars with their overlap, and beside them the coupling as circles."""
    n, common = len(p), np.minimum(p, q)
    places = np.arange(n)
    ax.bar(places, common, 0.8, color=style.MUTED, alpha=0.5, label="both")
    looks = {"old": (p, style.ESTIMATE, "//"), "new": (q, style.REFERENCE, "..")}
    for name, (law, color, hatch) in looks.items():
        ax.bar(places, law - common, 0.8, bottom=common, color="none", edgecolor=color,
               hatch=hatch, label=f"only {name}")  # fmt: skip
    left = n + 1.2
    for i, j in np.ndindex(n, n):
        if joint[i, j] > 0:
            color = style.MUTED if i == j else style.ARMS[3]
            ax.scatter(left + j, (n - 1 - i) / n, s=1400 * joint[i, j], color=color, alpha=0.7)
    for i in places:
        ax.text(left - 0.5, (n - 1 - i) / n, f"old {i}", ha="right", va="center")
    names = [*(f"{i}" for i in places), *(f"new {i}" for i in places)]
    ax.set_xticks([*places, *(left + places)], names)
    ax.set(xlim=(-0.6, left + n - 0.4), ylim=(-0.15, 1.25), yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set(xlabel="action", ylabel="probability")
    ax.legend(loc="upper center", ncols=3)
    return ax


def plot_contributions(
    ax: Axes, names: Sequence[str], parts: Mapping[str, FloatArray], ylabel: str
) -> Axes:
    """What each state contributes, one bar for each way of counting."""
    places, width = np.arange(len(names)), 0.8 / len(parts)
    looks = charts.looks(parts, (style.EXACT, *style.ARMS), ("", "//", ".."))
    for shift, ((label, values), color, hatch) in enumerate(looks):
        at = places + (shift - (len(parts) - 1) / 2) * width
        ax.bar(at, values, width, facecolor=to_rgba(color, 0.4), edgecolor=color, hatch=hatch,
               label=label)  # fmt: skip
    ax.axhline(0, color=style.MUTED, linewidth=0.8)
    ax.set_xticks(places, list(names))
    ax.set(xlabel="state", ylabel=ylabel)
    ax.margins(y=0.4)
    ax.legend(loc="upper left")
    return ax
