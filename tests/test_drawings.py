"""Drawings show all of a problem's table and nothing else, in words that one can read."""

from functools import cache, partial
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.path import Path

from pgbook import drawings, mdp, policies, style, unbiased
from pgbook.drawings.shapes import RADIUS
from pgbook.guarantees import pitfalls

PHONE, LEAST = 350, 9  # pixels: the width of a page on a phone, and the size of text there
GARNET = mdp.garnet(5, 3, 3, 0.9, rng=np.random.default_rng(1))
GRID = mdp.grid_world(0.95, size=4)
RING, CLIFF = mdp.ring(0.8), mdp.cliff(0.9)
PAIR = {"positions": [[0, 0], [3.6, 0]]}
TRIANGLE = {"positions": [[0, 0], [2.6, 0], [1.3, -2.3]]}
POLICY, VALUES = policies.softmax([0.2, -0.4, 1.0]), np.array([1.0, 0.5, 2.0])


def random_pair():
    rng = np.random.default_rng(4)
    moves, reward = rng.dirichlet(np.ones(2), size=(2, 2)), rng.normal(size=(2, 2))
    return mdp.MDP(moves, reward, [0.25, 0.75], 0.9)


PROBLEMS = {
    "coin": (mdp.coin(0.5, 2), {"states": ["coin"]}),
    "ring": (RING, {}),
    "cliff": (CLIFF, {"states": ["safe", "cliff"]}),
    "second mistake": (mdp.cliff(0.9, mdp.SECOND_MISTAKE_COSTS), {"states": ["safe", "cliff"]}),
    "aliased": (mdp.aliased(10.0), {**TRIANGLE, "alike": [0, 1]}),
    "blind": (pitfalls.blind(10.0, 0.9), TRIANGLE),
    "echo": (unbiased.echo([1.0, 3.0]), {}),
    "gate": (unbiased.gate(-3.2, 1.0), {}),
    "turn back": (pitfalls.turn_back(), {}),
    "one way": (pitfalls.one_way(0.9), {}),
    "fork": (pitfalls.fork(0.9), {}),
    "one state": (pitfalls.one_state([1.0, 0.5, 2.0], 0.9), {}),
    "random pair": (random_pair(), PAIR),
}
DRAWINGS = {
    "loop": drawings.draw_loop,
    "trajectory": drawings.draw_trajectory,
    "bandit": lambda ax: drawings.draw_bandit(ax, POLICY, VALUES),
    "garnet": lambda ax: drawings.draw_choices(ax, GARNET, 1),
    "grid": lambda ax: drawings.draw_grid(ax, GRID, columns=4, state=5, action=3),
} | {
    name: partial(drawings.draw_problem, problem=problem, **how)
    for name, (problem, how) in PROBLEMS.items()
}
each_problem = pytest.mark.parametrize("name", PROBLEMS)
each_drawing = pytest.mark.parametrize("name", DRAWINGS)


@cache
def draw(name):
    axes = Figure().subplots()
    assert DRAWINGS[name](axes) is axes
    axes.figure.canvas.draw()
    return axes


def lines(axes):
    """Each arrow as points along it, in inches, with its colour and whether it has a head."""
    for arrow in axes.patches:
        if isinstance(arrow, FancyArrowPatch):
            path = arrow.get_path()
            parts = *np.flatnonzero(path.codes == path.MOVETO), None
            line = Path(path.vertices[: parts[1]], path.codes[: parts[1]]).cleaned(curves=False)
            # A cleaned path ends with a code that says so, and curves have become short pieces.
            points = line.vertices[:-1]
            steps = np.linspace(points[:-1], points[1:], 20, axis=1).reshape(-1, 2)
            yield (
                np.vstack([steps, path.vertices[parts[-2]]]),
                arrow.get_edgecolor(),
                len(parts) > 2,
            )


def rgba(color):
    return FancyArrowPatch((0, 0), (1, 1), color=color).get_edgecolor()


@each_drawing
def test_words_can_be_read_and_do_not_overlap(name):
    axes = draw(name)
    width, boxes = axes.figure.get_size_inches()[0], [x.get_window_extent() for x in axes.texts]
    shown = 96 / 72 * min(1, PHONE / (96 * width))  # pixels a point
    if name != "random pair":  # wider than those of the book
        assert width <= 5.6 and min(text.get_fontsize() for text in axes.texts) * shown >= LEAST
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    for artist in (*axes.patches, *axes.texts):
        extent, page = artist.get_window_extent(), axes.bbox.padded(0.5)
        assert page.containsx(extent.x0) and page.containsx(extent.x1)
        assert page.containsy(extent.y0) and page.containsy(extent.y1)


@each_drawing
def test_no_arrow_runs_through_words(name):
    axes = draw(name)
    for points, *_ in lines(axes):
        for text in axes.texts:
            box = text.get_window_extent()
            assert not box.count_contains(axes.transData.transform(points)), text.get_text()


@each_drawing
def test_one_unit_is_one_inch(name):
    axes = draw(name)
    sides = np.array([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())])
    assert sides == pytest.approx(axes.figure.get_size_inches())
    assert axes.bbox.bounds == pytest.approx(axes.figure.bbox.bounds)


def is_end(problem, s):
    return np.isclose(problem.dense()[s, :, s], 1).all() and not problem.reward[s].any()


def table(problem):
    """What is to be drawn, read off the tables: of each arrow its probability and its reward."""
    law, found = problem.dense(), {}
    for s, a, z in np.argwhere(law).tolist():
        if not is_end(problem, s):
            same = tuple(
                b
                for b in range(problem.n_actions)
                if (law[s, b] == law[s, a]).all() and problem.reward[s, b] == problem.reward[s, a]
            )
            color = rgba("#000000" if len(same) > 1 else style.ARMS[a])
            found[s, z, same, color] = law[s, a, z], problem.reward[s, a]
    return found


def read(words, n_actions):
    """The actions that words name, and the probability and the reward that they say."""
    who, pays = words.replace("−", "-").split("\npays ")
    who, _, chance = who.partition(", $p$ = ")
    actions = who.removeprefix("actions ").removeprefix("action ")
    numbers = range(n_actions) if actions == "any action" else map(int, actions.split(", "))
    return tuple(numbers), (float(chance or 1), float(pays))


@each_problem
def test_each_positive_probability_has_an_arrow_with_its_words_and_nothing_else_has(name):
    axes, problem = draw(name), PROBLEMS[name][0]
    circles = [patch for patch in axes.patches if isinstance(patch, Circle | Rectangle)]
    places = np.array([c.center if isinstance(c, Circle) else c.get_center() for c in circles])
    assert len(places) == problem.n_states
    words = [text for text in axes.texts if "\npays " in text.get_text()]
    drawn, starts = [], []
    for points, color, has_head in lines(axes):
        assert has_head
        reached = np.hypot(*(points[:, None] - places).T).T  # (points, S)
        first = reached[0].argmin()
        touched = set(np.flatnonzero(reached.min(axis=0) < RADIUS + 0.02).tolist())
        if reached[0, first] > RADIUS + 0.02:
            starts += touched
            continue
        (last,) = touched - {first} or {first}
        away = [np.hypot(*(points - text.get_position()).T).min() for text in words]
        nearest = words.pop(int(np.argmin(away))).get_text()
        actions, numbers = read(nearest, problem.n_actions)
        drawn.append(((int(first), last, actions, color), numbers))
    expected = table(problem)
    assert sorted(arrow for arrow, _ in drawn) == sorted(expected) and not words
    for arrow, numbers in drawn:
        assert numbers == pytest.approx(expected[arrow], rel=5e-3)
    assert sorted(starts) == (np.flatnonzero(problem.start).tolist() if len(places) > 1 else [])


@each_problem
def test_an_end_is_a_square_and_any_other_state_a_circle(name):
    axes, problem = draw(name), PROBLEMS[name][0]
    shapes = [type(patch) for patch in axes.patches if isinstance(patch, Circle | Rectangle)]
    kinds = [Rectangle if is_end(problem, s) else Circle for s in range(problem.n_states)]
    assert shapes == kinds


def test_a_frame_stands_around_the_states_that_look_alike():
    axes = draw("aliased")
    (frame,) = (patch for patch in axes.patches if patch.get_linestyle() == "--")
    inside = frame.get_window_extent()
    for patch in axes.patches:
        if isinstance(patch, Circle | Rectangle):
            corners = inside.count_contains(patch.get_window_extent().corners())
            assert corners == (4 if isinstance(patch, Circle) else 0)


def test_agent_and_environment_are_joined_both_ways():
    heights = {text.get_text(): text.get_position()[1] for text in draw("loop").texts}
    top, bottom = heights["agent"], heights["environment"]
    ways = {color: points[[0, -1], 1] for points, color, _ in lines(draw("loop"))}
    action, answer = ways[rgba(style.ESTIMATE)], ways[rgba(style.EXACT)]
    assert abs(action[0] - top) < 0.5 > abs(action[1] - bottom)
    assert abs(answer[0] - bottom) < 0.5 > abs(answer[1] - top)


def test_a_trajectory_names_states_actions_and_laws_in_their_order():
    texts = [text for text in draw("trajectory").texts if not text.get_text().startswith("$r")]
    order = [text.get_text() for text in sorted(texts, key=lambda text: text.get_position()[0])]
    assert order[:5] == [r"$\mu$", "$s_0$", r"$\pi$", "$a_0$", "$P$"]
    assert order[5:] == ["$s_1$", r"$\pi$", "$a_1$", "$P$", "$s_2$", "⋯"]


def test_a_bandit_says_how_probable_each_arm_is_and_what_it_pays():
    said = [text.get_text() for text in draw("bandit").texts][1:]
    pairs = zip(POLICY, VALUES, strict=True)
    assert said == [
        f"arm {a}, probability {p:.3g}\npays {q:g} on average" for a, (p, q) in enumerate(pairs)
    ]


def test_a_choice_has_a_branch_for_each_state_it_may_lead_to():
    axes, law = draw("garnet"), GARNET.dense()[1]
    words = [text.get_text() for text in axes.texts]
    branches = list(pairwise(words))
    for a in range(3):
        assert f"action {a}\npays {GARNET.reward[1, a]:.3g}".replace("-", "−") in words
        for z in np.flatnonzero(law[a]):
            assert (str(z), f"{law[a, z]:.3g}") in branches
    assert sum(has_head for *_, has_head in lines(axes)) == np.count_nonzero(law)


def test_a_grid_shows_each_cell_and_where_the_action_may_lead():
    axes = draw("grid")
    cells = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    said = {}
    for text in axes.texts:
        middle = text.get_window_extent().get_points().mean(axis=0)
        for z, cell in enumerate(cells):
            if cell.get_window_extent().contains(*middle):
                said[z] = text.get_text()
    law = GRID.dense()[5, 3]
    moves = {int(z): f"{law[z]:.3g}" for z in np.flatnonzero(law)}
    assert said == {0: "start", 5: "action\n3", 15: "pays 1", **moves}


def test_an_action_that_may_stay_says_so():
    axes = Figure().subplots()
    drawings.draw_grid(axes, GRID, columns=4, state=7, action=3)
    assert "stays 0.85" in {text.get_text() for text in axes.texts}


@pytest.mark.parametrize(
    ("problem", "how", "message"),
    [
        (GRID, {}, "problem must have at most 6 states"),
        ("coin", {}, "problem must be an object of class MDP"),
        (RING, {"states": "ab"}, "states must hold 3"),
        (RING, {"states": 3}, "states must hold 3"),
        (CLIFF, {"states": ["safe", "precipice"]}, "fit into 0.48 inches, got 'precipice'"),
        (RING, {"positions": [[0, 0]]}, r"positions must have shape \(3, 2\)"),
        (CLIFF, {"positions": [[0, 0], [1, 0]]}, "positions must be at least 1.2 apart"),
        (GARNET, {}, "positions must leave room"),
        (RING, {"alike": [3]}, "alike must hold states"),
        (RING, {"alike": [0.5]}, "alike must be an array"),
    ],
)
def test_a_problem_that_cannot_be_drawn_is_refused(problem, how, message):
    with pytest.raises((TypeError, ValueError), match=message):
        drawings.draw_problem(Figure().subplots(), problem, **how)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ax: drawings.draw_choices(ax, GARNET, 5), "state must be one of 0, ..., 4"),
        (lambda ax: drawings.draw_grid(ax, GARNET, 5, 0, 0), "problem must pay by cell"),
        (lambda ax: drawings.draw_grid(ax, GRID, 4, 15, 0), "state must be one whose actions"),
        (lambda ax: drawings.draw_grid(ax, GRID, 4, 1, 2), "state must leave room"),
        (lambda ax: drawings.draw_trajectory(ax, 5), "n_steps must be at most 4, got 5"),
        (lambda ax: drawings.draw_bandit(ax, np.full(7, 1 / 7), np.ones(7)), "at most 6 arms"),
        (lambda ax: drawings.draw_bandit(ax, [0.5, 0.6], [0, 1]), "policy must hold"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(Figure().subplots())


def test_a_figure_with_other_axes_is_left_alone():
    first, _ = Figure().subplots(1, 2)
    with pytest.raises(ValueError, match="ax must be alone in its figure, got 2 Axes"):
        drawings.draw_loop(first)
