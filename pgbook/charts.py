"""Charts that several chapters draw: given numbers on given Axes, which are returned."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import LogLocator, NullLocator

from pgbook import style
from pgbook.montecarlo import Estimate
from pgbook.validation import FloatArray

MARKERS = "os^Dv"


def looks(curves: Mapping[str, object], *styles: Sequence[str]) -> Iterator[tuple]:
    """Each named curve with its styles.

    Raises
    ------
    ValueError
        If there are more curves than styles: two would look the same.
    """
    most = min(map(len, styles))
    if len(curves) > most:
        raise ValueError(f"curves must be at most {most}, to tell them apart, got {len(curves)}")
    return zip(curves.items(), *(style[: len(curves)] for style in styles), strict=True)


def plot_lines(
    ax: Axes, x: FloatArray, curves: Mapping[str, FloatArray], *, xlabel: str, ylabel: str
) -> Axes:
    """Exact curves over the same x; the first is drawn as the truth, in black."""
    colors = (style.EXACT, *style.ARMS)
    for (label, curve), color, line in looks(curves, colors, style.LINES):
        ax.plot(x, curve, color=color, linestyle=line, label=label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend()
    return ax


def plot_bands(
    ax: Axes, x: FloatArray, curves: Mapping[str, Estimate], *, markers: bool = False
) -> Axes:
    """Estimated curves over the same x with 95% bands."""
    shapes = MARKERS if markers else ("",) * len(style.LINES)
    for (label, curve), color, line, marker in looks(curves, style.ARMS, style.LINES, shapes):
        low, high = curve.band()
        ax.plot(x, curve.mean, color=color, linestyle=line, marker=marker, label=label)
        ax.fill_between(x, low, high, color=color, alpha=0.25, linewidth=0)
    return ax


def plot_parabola(
    ax: Axes, baselines: FloatArray, variances: FloatArray, marks: Mapping[str, tuple[float, float]]
) -> Axes:
    """Variance against the baseline, with marks: name to (baseline, variance)."""
    ax.plot(baselines, variances, color=style.EXACT, linestyle="-")
    for (label, (baseline, variance)), marker, color in looks(marks, MARKERS, style.ARMS):
        ax.plot(baseline, variance, marker, color=color, markersize=9, label=label)
    ax.set(xlabel="baseline $b$", ylabel="variance (trace)")
    ax.set_ylim(bottom=-0.05 * np.max(variances))
    ax.legend()
    return ax


def use_decades(*axes: Axis) -> None:
    """Label logarithmic axes at powers of ten, as plain text.

    The default labels are formulas and minor ticks, which take as long as all the rest of a figure.
    """
    for axis in axes:
        axis.set_major_locator(LogLocator(numticks=8))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(_decade)


def _decade(value: float, _: object = None) -> str:
    exponent = round(np.log10(value))
    if -3 <= exponent <= 4:
        return f"{value:,.{max(0, -exponent)}f}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
