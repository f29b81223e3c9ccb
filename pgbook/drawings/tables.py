"""What is too large for circles and arrows: one state of a problem, or the cells of a grid."""

import numpy as np
from matplotlib.axes import Axes

from pgbook import style, validation
from pgbook.drawings import shapes
from pgbook.drawings.shapes import DOT, RADIUS, heading, number, unit, write
from pgbook.mdp import MDP
from pgbook.validation import FloatArray

CELL = 0.8  # inches


def draw_choices(ax: Axes, problem: MDP, state: int) -> Axes:
    """One state of a problem: what each action pays, and where it may lead.

    Parameters
    ----------
    ax : Axes
        Alone in its figure, which takes the size of the drawing.
    problem : MDP
        With at most six actions.
    state : int

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these, or `ax` is not alone.
    """
    law, s = _law(problem), validation.index("state", state, problem.n_states)
    shapes.blank(ax)
    shapes.circle(ax, (0, 0))
    write(ax, (0, 0), str(s))
    counts = (law[s] > 0).sum(axis=1)
    heights = -0.48 * np.arange(counts.sum()) - 0.2 * np.repeat(np.arange(counts.size), counts)
    groups = np.split(heights - heights.mean(), np.cumsum(counts)[:-1])
    for a, (leaves, color) in enumerate(zip(groups, style.ARMS, strict=False)):
        place, side = np.array([1.6, leaves.mean()]), heading(270 if leaves.mean() < -0.1 else 90)
        shapes.line(ax, [RADIUS * unit(place), place], color, head="-")
        shapes.dot(ax, place, color)
        words = f"action {a}\npays {number(problem.reward[s, a])}"
        write(ax, place - (0.08, 0), words, side, ha="right", color=color)
        for z, y in zip(np.flatnonzero(law[s, a]), leaves, strict=True):
            _draw_leaf(ax, place, np.array([2.9, y]), z, law[s, a, z], color)
    return shapes.fit(ax)


def draw_grid(ax: Axes, problem: MDP, columns: int, state: int, action: int) -> Axes:
    """A grid of cells: where it starts, what pays, and where one action may lead from one cell.

    Cells are numbered row by row. An arrow around the grid shows that the last one leads back to
    the first.

    Parameters
    ----------
    ax : Axes
        Alone in its figure, which takes the size of the drawing.
    problem : MDP
        Such as `mdp.grid_world`, with at most six actions: its states are the cells, what they pay
        does not depend on the action, and the last one leads to the first.
    columns : int
        Cells in a row.
    state, action : int
        A cell from which the action leads to neighbours only, or stays.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these, words would overlap, or `ax` is not alone.
    """
    law, columns = _law(problem), validation.count("columns", columns)
    s = validation.index("state", state, problem.n_states)
    a = validation.index("action", action, problem.n_actions)
    if (problem.reward.T != problem.reward[:, 0]).any() or (law[-1, :, 0] < 1 - 1e-12).any():
        raise ValueError(
            f"problem must pay by cell and lead from the last to the first, got {problem}"
        )
    cells = CELL * np.array([(z % columns, -(z // columns)) for z in range(problem.n_states)])
    leads = np.flatnonzero(law[s, a])
    if (np.abs(cells[leads] - cells[s]).sum(axis=1) > 1.01 * CELL).any():
        raise ValueError(f"state must be one whose actions lead to neighbours, got {state}")
    shapes.blank(ax)
    for cell, start, pays in zip(cells, problem.start, problem.reward[:, 0], strict=True):
        shapes.square(ax, cell, CELL, facecolor="none", edgecolor=style.MUTED)
        if start or pays:
            write(ax, cell, "start" if start else f"pays {number(pays)}")
    write(ax, cells[s], f"action\n{a}", color=style.ARMS[a])
    for z in leads:
        _draw_move(ax, cells[s], cells[z], law[s, a, z], style.ARMS[a])
    _draw_way_back(ax, cells[-1], cells[0])
    return shapes.fit(ax, "state")


def _draw_move(ax: Axes, cell: FloatArray, other: FloatArray, chance: float, color: str) -> None:
    if (cell == other).all():
        write(ax, cell - (0, 0.3), f"stays {number(chance)}", color=color)
        return
    border, way = (cell + other) / 2, unit(other - cell)
    shapes.line(ax, [border - 0.05 * way, border + 0.2 * way], color)
    write(ax, other + 0.08 * way, number(chance), color=color)


def _draw_way_back(ax: Axes, last: FloatArray, first: FloatArray) -> None:
    (x, bottom), (left, y) = last - (0, CELL / 2), first - (CELL / 2, 0)
    outer = [(x, bottom - 0.3), (left - 0.3, bottom - 0.3), (left - 0.3, y)]
    shapes.line(ax, [(x, bottom), *outer, (left, y)], corners=True)
    write(ax, ((x + left) / 2, bottom - 0.3), "any action", heading(270))


def _draw_leaf(
    ax: Axes, fork: FloatArray, leaf: FloatArray, z: int, chance: float, color: str
) -> None:
    way, radius = unit(leaf - fork), 0.2
    shapes.line(ax, [fork + DOT * way, leaf - radius * way], color)
    shapes.circle(ax, leaf, radius)
    write(ax, leaf, str(z))
    write(ax, leaf + radius * heading(0), number(chance), heading(0), color=color)


def _law(problem: MDP) -> FloatArray:
    validation.instance("problem", problem, MDP)
    if problem.n_actions > len(style.ARMS):
        raise ValueError(f"problem must have at most {len(style.ARMS)} actions, got {problem}")
    return problem.dense()
