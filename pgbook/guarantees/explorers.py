"""What if? The explorers of the chapter; the notebooks give the grids of their parameters."""

from functools import lru_cache, partial

import numpy as np
from matplotlib.axes import Axes

from pgbook import charts, mdp, policies
from pgbook.explorer import Explorer
from pgbook.guarantees import figures, numeric
from pgbook.guarantees.numeric import Comparison, Shift, Weights, pitfalls
from pgbook.validation import FloatArray


def plot_past(ax: Axes, first: float, p: float) -> Axes:
    """Variances of two estimators against the first reward; the second reward is 1."""
    firsts, curves = _past(p)
    charts.plot_lines(
        ax, firsts, {"full return": curves[0], "reward to go": curves[1]},
        xlabel="first reward", ylabel="variance",
    )  # fmt: skip
    for value, marker in zip(pitfalls.past_rewards(first, 1.0, p), "os", strict=True):
        ax.plot(first, value, marker, color="black", markersize=7)
    return ax


def describe_past(first: float, p: float) -> str:
    """Both variances in numbers."""
    full, to_go = pitfalls.past_rewards(first, 1.0, p)
    word = "as much" if np.isclose(to_go, full) else "more" if to_go > full else "less"
    return (
        f"First reward {first:g}, second reward 1, p = {p:g}: the full return has the variance "
        f"{full:.3f}, reward to go {to_go:.3f}, which is {word}."
    )


@lru_cache(maxsize=16)
def _past(p: float) -> tuple[FloatArray, FloatArray]:
    firsts = np.linspace(-2, 2, 21)
    return firsts, np.array([pitfalls.past_rewards(x, 1.0, p) for x in firsts]).T


past = partial(
    Explorer,
    plot_past,
    describe=describe_past,
    title="Variance with and without the rewards of the past",
    labels={"first": "first reward", "p": "probability p"},
)

# Who contributes what to the gain.


def plot_lemma(ax: Axes, fraction: float, seed: int) -> Axes:
    """Contribution of each state to the gain and to the surrogate."""
    pair = _pair(fraction, int(seed))
    parts = {
        "new visits (the gain)": pair.new.occupancy * pair.mean_advantages,
        "old visits (the surrogate)": pair.old.occupancy * pair.mean_advantages,
    }
    names = [str(s) for s in range(len(pair.mean_advantages))]
    return figures.plot_contributions(ax, names, parts, "visits times mean advantage")


def describe_lemma(fraction: float, seed: int) -> str:
    """Gain, sum of contributions and surrogate in numbers."""
    pair = _pair(fraction, int(seed))
    total = pair.new.occupancy @ pair.mean_advantages
    return (
        f"Problem {int(seed)}, {fraction:.2f} of the way to another policy (γ = 0.9): the gain "
        f"is {pair.gain:.4f}; the bars sum to {total:.4f} with the new visits and to "
        f"{pair.surrogate:.4f} with the old ones."
    )


lemma = partial(
    Explorer,
    plot_lemma,
    describe=describe_lemma,
    title="What each state contributes to the gain",
    labels={"fraction": "fraction of the way", "seed": "problem"},
)


@lru_cache(maxsize=64)
def _pair(fraction: float, seed: int) -> Comparison:
    rng = np.random.default_rng(seed)
    problem = mdp.garnet(5, 3, 3, 0.9, rng=rng)
    old, other = (policies.softmax(2 * rng.normal(size=(5, 3))) for _ in range(2))
    return Comparison(mdp.evaluate(problem, old), numeric.mixture(old, other, fraction))


# Importance weights.

SAMPLES = 10_000


def plot_weights(ax: Axes, probability: float, show: str) -> Axes:
    """Exact and sampled variance, or effective share of the samples, in powers of ten."""
    steps, found = _weights(probability)
    tens = 1 / np.log(10)
    if show == "variance":
        exact, sampled = found.log_variance * tens, np.log10(found.sampled_variance)
        label = "power of ten of the variance"
    else:
        exact, sampled = found.log_effective * tens, np.log10(found.sampled_effective)
        label = "power of ten of the effective share"
    return figures.plot_weights(ax, steps, exact[steps - 1], sampled[steps - 1], ylabel=label)


def describe_weights(probability: float, show: str) -> str:
    """What a sample says after 500 steps, and what is true."""
    _, found = _weights(probability)
    tens = 1 / np.log(10)
    exact, sampled = {
        "variance": (found.log_variance, found.sampled_variance),
        "effective share": (found.log_effective, found.sampled_effective),
    }[show]
    return (
        f"New policy {probability:g} and {1 - probability:.3g} on two actions, old policy one half "
        f"each, {SAMPLES:,} samples, seed 1: after 500 steps the {show} is 10 to the power "
        f"{exact[-1] * tens:.1f}, the sample says {np.log10(sampled[-1]):.1f}."
    )


weights = partial(
    Explorer,
    plot_weights,
    describe=describe_weights,
    title="Importance weights of whole trajectories",
    labels={"probability": "new probability of action 0"},
)


@lru_cache(maxsize=16)
def _weights(probability: float) -> tuple[np.ndarray, Weights]:
    found = numeric.trajectory_weights(
        [probability, 1 - probability], [0.5, 0.5],
        n_steps=500, n_samples=SAMPLES, rng=np.random.default_rng(1),
    )  # fmt: skip
    return np.unique(np.concatenate([np.arange(1, 20), np.arange(20, 501, 20)])), found


# The aliased problem.


def plot_aliased(ax: Axes, p: float, cost: float) -> Axes:
    """Objective, tangent and penalised tangent over the shared probability."""
    grid, curves, marks = _aliased(p, cost)
    return figures.plot_aliased(ax, grid, curves, marks)


def describe_aliased(p: float, cost: float) -> str:
    """Where the two maximisers are and what they are worth."""
    _, _, marks = _aliased(p, cost)
    (start, j), (far, j_far), (near, j_near) = marks.values()
    said = (
        f"is largest at p′ = {far:g}, where J = {j_far:.3f}" if far != p else "is zero throughout"
    )
    return (
        f"Cost {cost:g}, from p = {start:g} with J = {j:.3f}: the surrogate {said}; with the "
        f"penalty it is largest at p′ = {near:.3f}, where J = {j_near:.3f}."
    )


aliased = partial(
    Explorer,
    plot_aliased,
    describe=describe_aliased,
    title="A surrogate whose maximiser can be the worst policy",
    labels={"p": "old probability p", "cost": "cost M"},
)


def _aliased(p: float, cost: float) -> tuple[FloatArray, dict, dict]:
    grid = np.linspace(0, 1, 201)
    truth, start = (pitfalls.aliased_objective(x, cost) for x in (grid, np.array(p)))
    slope = 1 - 2 * (1 + cost) * p
    tangent = start + slope * (grid - p)
    curves = {
        "objective": truth,
        "J + surrogate": tangent,
        "with penalty": tangent - 2 * (1 + cost) * (grid - p) ** 2,
    }
    far = p if abs(slope) < 1e-12 else float(slope > 0)
    near = np.clip(p + slope / (4 * (1 + cost)), 0, 1)
    places = {"old policy": p, "largest surrogate": far, "largest bound": float(near)}
    marks = {
        name: (at, float(pitfalls.aliased_objective(np.array(at), cost)))
        for name, at in places.items()
    }
    return grid, curves, marks


# The drift of the laws of the state.


def plot_shift(ax: Axes, problem: str, epsilon: float, last: int) -> Axes:
    """The exact drift and its bounds."""
    found = _shift(problem, epsilon, int(last))
    return figures.plot_shift(ax, np.arange(len(found.exact)), found.exact, found.bounds)


def describe_shift(problem: str, epsilon: float, last: int) -> str:
    """The drift and the bounds at the last step, and from when on they are vacuous."""
    found = _shift(problem, epsilon, int(last))
    shown = ", ".join(f"{name} = {bound[-1]:.3f}" for name, bound in found.bounds.items())
    empty = np.flatnonzero(found.linear >= 2 - 1e-12)
    said = f"2εt says nothing from t = {empty[0]} on" if empty.size else "2εt is below 2 throughout"
    return (
        f"{problem.capitalize()} chain, ε = {epsilon:g}, t = {int(last)}: the laws differ by "
        f"{found.exact[-1]:.3f}; the bounds are {shown}; {said}."
    )


shift = partial(
    Explorer,
    plot_shift,
    describe=describe_shift,
    title="How far the laws of the state drift apart",
    labels={"epsilon": "ε", "last": "last step"},
)


@lru_cache(maxsize=64)
def _shift(problem: str, epsilon: float, last: int) -> Shift:
    return numeric.state_shift(*numeric.drifting_pair(problem, epsilon), last + 1)


def plot_coupling(ax: Axes, tilt: float, n_actions: int) -> Axes:
    """Two laws with their overlap, and the maximal coupling."""
    p, q = _laws(tilt, int(n_actions))
    return figures.plot_coupling(ax, p, q, policies.maximal_coupling(p, q))


def describe_coupling(tilt: float, n_actions: int) -> str:
    """Overlap and total variation in numbers."""
    p, q = _laws(tilt, int(n_actions))
    joint = policies.maximal_coupling(p, q)
    return (
        f"{int(n_actions)} actions: total variation {policies.total_variation(p, q):.3f}; coupled "
        f"actions agree with probability {np.trace(joint):.3f}, independent ones with "
        f"{p @ q:.3f}. The area of a circle is the joint probability; the grey ones agree."
    )


coupling = partial(
    Explorer,
    plot_coupling,
    describe=describe_coupling,
    title="Two laws and their maximal coupling",
    labels={"tilt": "tilt towards the last action", "n_actions": "actions"},
)


def _laws(tilt: float, n_actions: int) -> tuple[FloatArray, FloatArray]:
    places = np.linspace(-1, 1, n_actions)
    return policies.softmax(-places), policies.softmax((tilt - 1) * places)


# The horizon.


def plot_horizon(ax: Axes, epsilon: float) -> Axes:
    """Loss on the cliff and the penalty of the slides, against the horizon."""
    horizons, losses, penalties = _horizon(epsilon)
    curves = {
        "loss": losses,
        "εT²/2": epsilon * horizons**2.0 / 2,
        "penalty, f = r, C = 1": penalties,
        "all rewards": horizons.astype(float),
    }
    return figures.plot_horizon(ax, horizons, curves, "lost reward")


def describe_horizon(epsilon: float) -> str:
    """Loss and penalty at two horizons."""
    horizons, losses, penalties = _horizon(epsilon)
    shown = [
        f"at T = {horizons[i]} the loss is {losses[i]:.4g} and the penalty {penalties[i]:.4g}"
        for i in (5, -1)
    ]
    return f"ε = {epsilon:g}: {'; '.join(shown)}."


horizon = partial(
    Explorer,
    plot_horizon,
    describe=describe_horizon,
    title="What mistakes cost over a horizon, on the cliff",
    labels={"epsilon": "ε"},
)


@lru_cache(maxsize=16)
def _horizon(epsilon: float) -> tuple[np.ndarray, FloatArray, FloatArray]:
    horizons = np.unique(np.geomspace(2, 1000, 12).round().astype(int))
    return horizons, *numeric.horizon_losses(horizons, epsilon)


# Bounds along a line.

SHOWN = ("sharp", "trust region", "crude", "crude, linear")


def plot_line(ax: Axes, discount: float, problem: str) -> Axes:
    """Gain, surrogate and lower bounds on the way to the greedy policy."""
    fractions, gain, bounds = _line(discount, problem)
    return figures.plot_line(ax, fractions, gain, bounds)


def describe_line(discount: float, problem: str) -> str:
    """What each bound promises at best, and where."""
    fractions, gain, bounds = _line(discount, problem)
    promises = []
    for name in SHOWN:
        best = int(np.argmax(bounds[name]))
        value = bounds[name][best]
        said = f"{value:.3g} at {fractions[best]:.3g}" if value > 1e-12 else "nothing"
        promises.append(f"{name} {said}")
    return (
        f"{problem.capitalize()}, γ = {discount:g}: the greedy policy gains {gain[-1]:.3f}. "
        f"Largest promises: {'; '.join(promises)}."
    )


line = partial(
    Explorer,
    plot_line,
    describe=describe_line,
    title="Lower bounds on the way to the greedy policy",
    labels={"discount": "discount γ"},
)


@lru_cache(maxsize=64)
def _line(discount: float, problem: str) -> tuple[FloatArray, FloatArray, dict[str, FloatArray]]:
    if problem == "one state":
        made, policy = pitfalls.one_state([-1.0, 1.0], discount), np.array([[0.5, 0.5]])
    else:
        made = mdp.garnet(5, 3, 3, discount, rng=np.random.default_rng(4))
        policy = np.full((5, 3), 1 / 3)
    old = mdp.evaluate(made, policy)
    fractions = np.concatenate([[0.0], np.geomspace(1e-3, 1, 40)])
    far = numeric.greedy(old)
    pairs = [Comparison(old, numeric.mixture(policy, far, h)) for h in fractions]
    bounds = {"surrogate": np.array([pair.surrogate for pair in pairs])}
    for name in SHOWN:
        bounds[name] = np.array([numeric.BOUNDS[name](pair) for pair in pairs])
    return fractions, np.array([pair.gain for pair in pairs]), bounds


# Improvement, iteration by iteration.


def plot_progress(ax: Axes, discount: float) -> Axes:
    """The missing share of the gain for three rules."""
    return figures.plot_progress(ax, _progress(discount))


def describe_progress(discount: float) -> str:
    """After how many iterations each rule has 99 per cent of the gain."""
    paths = _progress(discount)
    needed = []
    for name, path in paths.items():
        done = np.flatnonzero(path < 0.01)
        needed.append(f"{name}: {done[0] if done.size else f'more than {len(path) - 1}'}")
    return (
        f"γ = {discount:g}, five states, uniform start: iterations until 99.0% of the gain: "
        f"{'; '.join(needed)}. After {len(path) - 1} gradient steps the share "
        f"{paths['gradient, step size 1'][-1]:.5f} is missing."
    )


progress = partial(
    Explorer,
    plot_progress,
    describe=describe_progress,
    title="Guaranteed improvement against greedy and plain gradient",
    labels={"discount": "discount γ"},
)


@lru_cache(maxsize=8)
def _progress(discount: float) -> dict[str, FloatArray]:
    problem = mdp.garnet(5, 3, 3, discount, rng=np.random.default_rng(4))
    policy, n = np.full((5, 3), 1 / 3), 500
    best = numeric.optimal_evaluation(problem).objective
    paths = {
        "largest bound": numeric.improve(problem, policy, "bound", n),
        "greedy": numeric.improve(problem, policy, "greedy", 20),
        "gradient, step size 1": numeric.ascend(problem, np.zeros((5, 3)), 1.0, n),
    }
    return {name: (best - path) / (best - path[0]) for name, path in paths.items()}
