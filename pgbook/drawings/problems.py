"""A small problem as circles and arrows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from matplotlib.axes import Axes

from pgbook import style, validation
from pgbook.drawings import shapes
from pgbook.drawings.shapes import RADIUS, heading, number, unit, write
from pgbook.mdp import MDP
from pgbook.validation import FloatArray

MOST, APART = 6, 1.2  # states or actions; inches between states
ANGLES = (180, 0, 90, 270, 60, 300, 120, 240, 30, 330, 150, 210)  # the first free one is taken


@dataclass(frozen=True)
class Arrow:
    """From one state to one next state: what differs in nothing but its number is one arrow."""

    state: int
    actions: tuple[int, ...]
    next_state: int
    probability: float
    reward: float

    def color(self) -> str:
        """The colour of the action; black if there are several."""
        return style.EXACT if self.actions[1:] else style.ARMS[self.actions[0]]

    def words(self, n_actions: int) -> str:
        """Which actions, how probably they lead there, and what they pay."""
        who = f"action{'s' if self.actions[1:] else ''} {', '.join(map(str, self.actions))}"
        who = "any action" if len(self.actions) == n_actions > 1 else who
        chance = "" if abs(self.probability - 1) < 1e-12 else f", $p$ = {number(self.probability)}"
        return f"{who}{chance}\npays {number(self.reward)}"


def arrows(problem: MDP) -> list[Arrow]:
    """What there is to draw: every positive probability outside the end states, once."""
    law, listed = problem.dense(), []
    for s in sorted(set(range(problem.n_states)) - set(end_states(problem))):
        rows = np.column_stack([law[s], problem.reward[s]])
        for a, row in enumerate(rows):
            equal = tuple(np.flatnonzero((rows == row).all(axis=1)).tolist())
            if equal[0] == a:
                leads = np.flatnonzero(law[s, a]).tolist()
                listed += [Arrow(s, equal, z, float(row[z]), float(row[-1])) for z in leads]
    return listed


def end_states(problem: MDP) -> list[int]:
    """The states that no action leaves and in which nothing is paid."""
    # Probabilities of successors that are listed twice have been added up.
    stays = np.isclose(np.diagonal(problem.dense(), axis1=0, axis2=2).T, 1, rtol=0, atol=1e-12)
    return np.flatnonzero((stays & (problem.reward == 0)).all(axis=1)).tolist()


def draw_problem(
    ax: Axes,
    problem: MDP,
    *,
    states: Sequence[str] | None = None,
    positions: FloatArray | None = None,
    alike: Collection[int] = (),
) -> Axes:
    """A small problem: all its states, and an arrow for each thing that an action may do.

    Parameters
    ----------
    ax : Axes
        Alone in its figure, which takes the size of the drawing.
    problem : MDP
        With at most six states and six actions.
    states : sequence of str, optional
        Their names, short enough for a circle; otherwise their numbers, and "end" for an end.
    positions : array_like, shape (S, 2), optional
        Centres of the states in inches, at least 1.2 apart; otherwise they stand in a ring.
    alike : collection of int, optional
        States that the policy cannot tell apart: a dashed frame stands around them.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or size, if states or words would overlap, or if `ax` is
        not alone.
    """
    listed, ends = arrows(_small(problem)), end_states(problem)
    names, places = _names(problem, states, ends), _places(problem, positions)
    framed = [*alike] or np.empty(0, int)
    framed = validation.indices("alike", framed, problem.n_states, "states")
    shapes.blank(ax)
    for s, (place, name) in enumerate(zip(places, names, strict=True)):
        _draw_state(ax, place, name, end=s in ends)
    taken = _taken(listed, places)
    for s in np.flatnonzero(problem.start) if len(names) > 1 else ():
        taken[s] += _free(taken[s], 1, ANGLES[:4])
        _draw_start(ax, places[s], float(problem.start[s]), heading(taken[s][-1]))
    _draw_arrows(ax, listed, places, taken, problem.n_actions)
    if framed.size:
        _draw_frame(ax, places[framed])
    return shapes.fit(ax, "positions")


def _small(problem: MDP) -> MDP:
    validation.instance("problem", problem, MDP)
    if max(problem.n_states, problem.n_actions) > MOST:
        raise ValueError(f"problem must have at most {MOST} states and actions, got {problem}")
    return problem


def _names(problem: MDP, states: Sequence[str] | None, ends: list[int]) -> list[str]:
    if states is None:
        return ["end" if s in ends else str(s) for s in range(problem.n_states)]
    listed = isinstance(states, Sequence) and not isinstance(states, str)
    if not listed or len(states) != problem.n_states:
        got = validation.shown(states)
        raise ValueError(
            f"states must hold {problem.n_states} names, one for each state, got {got}"
        )
    return [str(name) for name in states]


def _places(problem: MDP, positions: FloatArray | None) -> FloatArray:
    n = problem.n_states
    if positions is None:
        radius, first = max(1.0, 1.1 / np.sin(np.pi / n)) if n > 1 else 0.0, 180 if n == 2 else 90
        return radius * np.array([heading(first - 360 * s / n) for s in range(n)])
    places = validation.shaped("positions", validation.real_array("positions", positions), (n, 2))
    for one, other in combinations(places, 2):
        if np.hypot(*(one - other)) < APART:
            raise ValueError(f"positions must be at least {APART} apart, got {one} and {other}")
    return places


def _bends(listed: list[Arrow]) -> list[float]:
    """How far each arrow bends to its left, so that all between the same states are apart."""
    pairs = [tuple(sorted((arrow.state, arrow.next_state))) for arrow in listed]
    totals, seen, bends = Counter(pairs), Counter(), []
    for arrow, pair in zip(listed, pairs, strict=True):
        bend = 0.58 * (seen[pair] - (totals[pair] - 1) / 2)
        bends.append(bend if arrow.state == pair[0] else -bend)
        seen[pair] += 1
    return bends


def _taken(listed: list[Arrow], places: FloatArray) -> dict[int, list[float]]:
    """The angles, in degrees, at which arrows from or to other states meet each state."""
    taken = defaultdict(list)
    for arrow in listed:
        if arrow.next_state != arrow.state:
            x, y = places[arrow.next_state] - places[arrow.state]
            angle = float(np.degrees(np.arctan2(y, x)))
            taken[arrow.state].append(angle)
            taken[arrow.next_state].append(angle + 180)
    return taken


def _free(taken: list[float], count: int, angles: tuple[int, ...] = ANGLES) -> list[int]:
    """So many angles, as far from what is taken and from each other as they can be; upper first."""

    def room(chosen: tuple[int, ...]) -> float:
        pairs = [*product(chosen, taken), *combinations(chosen, 2)]
        return min((abs((one - other + 180) % 360 - 180) for one, other in pairs), default=0)

    return sorted(max(combinations(angles, count), key=room), key=lambda a: -heading(a)[1].round(9))


def _draw_state(ax: Axes, place: FloatArray, name: str, *, end: bool) -> None:
    side = shapes.END if end else 2 * RADIUS
    (shapes.square if end else shapes.circle)(ax, place)
    word = write(ax, place, name).get_window_extent().transformed(ax.transData.inverted())
    if word.width > side or word.height > side:
        raise ValueError(f"states must have names that fit into {side:.2g} inches, got {name!r}")


def _draw_arrows(
    ax: Axes, listed: list[Arrow], places: FloatArray, taken: dict[int, list[float]], n_actions: int
) -> None:
    loops = Counter(arrow.state for arrow in listed if arrow.next_state == arrow.state)
    free = {s: iter(_free(taken[s], count)) for s, count in loops.items()}
    for arrow, bend in zip(listed, _bends(listed), strict=True):
        place = places[arrow.state]
        if arrow.next_state == arrow.state:
            points, middle, side = _loop(place, heading(next(free[arrow.state])))
        else:
            points, middle, side = _curve(place, places[arrow.next_state], bend)
            if bend == 0 and side @ (middle - places.mean(axis=0)) < -1e-9:
                side = -side  # outside there is more room
        shapes.line(ax, points, arrow.color())
        write(ax, middle, arrow.words(n_actions), side, color=arrow.color())


def _loop(place: FloatArray, way: FloatArray) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """An arrow back to its state: its points, its middle, and the side of its words."""
    along, across = way, np.array([-way[1], way[0]])
    at = [(0.88, 0.47), (2.7, 1.96), (2.7, -1.96), (0.88, -0.47)]  # in radii of the state
    points = [place + RADIUS * (x * along + y * across) for x, y in at]
    return points, place + 2.25 * RADIUS * along, way


def _curve(
    start: FloatArray, end: FloatArray, bend: float
) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """An arrow to another state: its points, its middle, and the side of its words."""
    left = unit([start[1] - end[1], end[0] - start[0]])
    control = (start + end) / 2 + 2 * bend * left
    start, end = (place + RADIUS * unit(control - place) for place in (start, end))
    side = np.sign(bend) * left if bend else left if left[1] > -1e-9 else -left
    return [start, control, end], (start + 2 * control + end) / 4, side


def _draw_start(ax: Axes, place: FloatArray, chance: float, way: FloatArray) -> None:
    tail = place + (RADIUS + 0.4) * way
    shapes.line(ax, [tail, place + RADIUS * way])
    write(ax, tail, "start" if abs(chance - 1) < 1e-12 else f"start {number(chance)}", way)


def _draw_frame(ax: Axes, places: FloatArray) -> None:
    margin = np.array([1.9, 1.4, 2.1]) * RADIUS  # more above, for the words of an arrow
    low, high = places.min(axis=0) - margin[:2], places.max(axis=0) + margin[::2]
    shapes.box(ax, low, high, linestyle="--")
    top = [(low[0] + high[0]) / 2, high[1]]
    write(ax, top, "the policy cannot tell these apart", heading(90))
