"""What a problem is: agent and environment, a trajectory, a bandit."""

import numpy as np
from matplotlib.axes import Axes

from pgbook import style, validation
from pgbook.drawings import shapes
from pgbook.drawings.shapes import DOT, RADIUS, heading, number, unit, write
from pgbook.validation import FloatArray


def draw_loop(ax: Axes) -> Axes:
    """Agent and environment: one chooses actions, the other answers with states and rewards.

    Raises
    ------
    ValueError
        If `ax` is not alone in its figure, which takes the size of the drawing.
    """
    shapes.blank(ax)
    boxes = {"agent": (0.85, r"$\pi(a \mid s)$")}
    boxes["environment"] = -0.85, r"$P(s$′$ \mid s, a),\ r(s, a)$"
    for name, (y, law) in boxes.items():
        shapes.box(ax, (-0.95, y - 0.4), (0.95, y + 0.4))
        write(ax, (0, y + 0.16), name, weight="bold")
        write(ax, (0, y - 0.16), law)
    for x, turn, color in ((1, 1, style.ESTIMATE), (-1, -1, style.EXACT)):
        corners = [(0.95 * x, 0.85 * turn), (1.3 * x, 0.85 * turn)]
        corners += [(u, -v) for u, v in reversed(corners)]
        shapes.line(ax, corners, color, corners=True)
    write(ax, (1.3, 0), "action $a_t$", heading(0), color=style.ESTIMATE)
    write(ax, (-1.3, 0), "state $s_{t+1}$\nreward $r_t$", heading(180))
    return shapes.fit(ax)


def draw_trajectory(ax: Axes, n_steps: int = 2) -> Axes:
    r"""A trajectory: states, actions and rewards in turn, and the law that each is drawn from.

    Parameters
    ----------
    ax : Axes
        Alone in its figure, which takes the size of the drawing.
    n_steps : int
        At most four.

    Raises
    ------
    TypeError, ValueError
        If the number of steps is none, or `ax` is not alone.
    """
    steps = validation.count("n_steps", n_steps)
    if steps > 4:
        raise ValueError(f"n_steps must be at most 4, got {n_steps}")
    shapes.blank(ax)
    _draw_link(ax, -0.75, -RADIUS, r"$\mu$", style.EXACT)
    for t in range(steps):
        x = 1.85 * t
        shapes.circle(ax, (x, 0))
        write(ax, (x, 0), f"$s_{t}$")
        shapes.dot(ax, (x + 0.95, 0), style.ESTIMATE)
        write(ax, (x + 0.95, DOT), f"$a_{t}$", heading(90), color=style.ESTIMATE)
        _draw_link(ax, x + RADIUS, x + 0.95 - DOT, r"$\pi$", style.ESTIMATE)
        _draw_link(ax, x + 0.95 + DOT, x + 1.85 - RADIUS, "$P$", style.EXACT)
        shapes.line(ax, [(x + 0.95, -DOT), (x + 0.95, -0.5)], style.EXACT)
        write(ax, (x + 0.95, -0.5), f"$r_{t}$", heading(270))
    shapes.circle(ax, (1.85 * steps, 0))
    write(ax, (1.85 * steps, 0), f"$s_{steps}$")
    write(ax, (1.85 * steps + RADIUS, 0), "⋯", heading(0))
    return shapes.fit(ax)


def _draw_link(ax: Axes, start: float, end: float, law: str, color: str) -> None:
    shapes.line(ax, [(start, 0), (end, 0)], color)
    write(ax, ((start + end) / 2 - 0.04, 0), law, heading(90), color=color)


def draw_bandit(ax: Axes, policy: FloatArray, action_values: FloatArray) -> Axes:
    """A bandit: the policy pulls one of the arms, which pays its value on average.

    Parameters
    ----------
    ax : Axes
        Alone in its figure, which takes the size of the drawing.
    policy, action_values : array_like, shape (A,)
        Of at most six arms.

    Raises
    ------
    TypeError, ValueError
        If the arrays are none of these, or `ax` is not alone.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    if policy.size > len(style.ARMS):
        raise ValueError(f"policy must have at most {len(style.ARMS)} arms, got {policy.size}")
    shapes.blank(ax)
    shapes.circle(ax, (0, 0))
    write(ax, (0, 0), r"$\pi$")
    for a, color in enumerate(style.ARMS[: policy.size]):
        end = np.array([1.7, 0.75 * ((policy.size - 1) / 2 - a)])
        shapes.line(ax, [RADIUS * unit(end), end - DOT * unit(end)], color)
        shapes.dot(ax, end, color)
        words = f"arm {a}, probability {number(policy[a])}\npays {number(q[a])} on average"
        write(ax, end + DOT * heading(0), words, heading(0), color=color)
    return shapes.fit(ax)
