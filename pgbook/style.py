"""One Matplotlib style for the book, and its colours by meaning.

Figures are drawn on white. In dark mode the book turns them (`book/_static/book.css`),
so every colour here must be readable on white and, with its lightness inverted, on
near-black. Colour never carries a meaning alone: line style or marker says the same.
"""

import matplotlib as mpl
from IPython import get_ipython
from matplotlib_inline.backend_inline import set_matplotlib_formats

# After Okabe and Ito: the colour-blind can tell these apart, and none is too pale.
#: What is exact.
EXACT = "#000000"
#: What is estimated.
ESTIMATE = "#0072B2"
#: What it is compared with.
REFERENCE = "#D55E00"
#: What stays in the background.
MUTED = "#777777"
#: One for each arm, or curve.
ARMS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#7A5C00", "#2B8CBE")
#: One for each arm, or curve, so that colour is never alone.
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (7, 2, 1, 2)))

#: The settings of Matplotlib.
SETTINGS = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": mpl.cycler(color=ARMS, linestyle=LINES[: len(ARMS)]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.figsize": (5.6, 3.4),
    "font.size": 11,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",  # text stays text: small, sharp and in a font of the reader's
    "svg.hashsalt": "pgbook",
}


def use() -> None:
    """Draw in the style of the book from now on; notebooks get figures as SVG."""
    mpl.rcParams.update(SETTINGS)
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})
