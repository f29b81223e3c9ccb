"""What if? Each explorer draws a figure and says in a sentence, with its numbers, what it shows.

All work at any value of their parameters; the notebooks give the grid:
``explorers.drift(epsilon=[...], ...)``.
"""

from functools import lru_cache, partial

import numpy as np

from pgbook import charts, mdp, policies, style
from pgbook.explorer import explorable, number
from pgbook.guarantees import figures, numeric
from pgbook.guarantees.numeric import Comparison, pitfalls

TENS = 1 / np.log(10)


@explorable(
    "Variance with and without the rewards of the past", first="first reward", p="probability p"
)
def past(ax, first, p):
    firsts = np.linspace(-2, 2, 21)
    variances = np.array([pitfalls.past_rewards(x, 1.0, p) for x in firsts]).T
    curves = dict(zip(("full return", "reward to go"), variances, strict=True))
    charts.plot_lines(ax, firsts, curves, xlabel="first reward", ylabel="variance")
    ax.set(ylim=(-0.2, 5.8))
    ax.legend(loc="upper center", ncols=2)
    full, to_go = pitfalls.past_rewards(first, 1.0, p)
    for value, marker in ((full, "o"), (to_go, "s")):
        ax.plot(first, value, marker, color="black", markersize=7)
    word = "as much" if np.isclose(to_go, full) else "more" if to_go > full else "less"
    return (
        f"First reward {first:g}, second reward 1, p = {p:g}: the full return has the variance "
        f"{full:.3f}, reward to go {to_go:.3f}, which is {word}."
    )


@explorable(
    "What each state contributes to the gain",
    play="fraction",
    fraction="fraction of the way",
    seed="problem",
)
def contributions(ax, fraction, seed):
    rng = np.random.default_rng(seed)
    problem = mdp.garnet(5, 3, 3, 0.9, rng=rng)
    old, other = (policies.softmax(2 * rng.normal(size=(5, 3))) for _ in range(2))
    pair = Comparison(mdp.evaluate(problem, old), numeric.mixture(old, other, fraction))
    gain, surrogate = (e.occupancy * pair.mean_advantages for e in (pair.new, pair.old))
    parts = {"new visits (the gain)": gain, "old visits (the surrogate)": surrogate}
    figures.plot_contributions(ax, list("01234"), parts, "visits times mean advantage")
    ax.set_ylim(-7, 6)
    total = pair.new.occupancy @ pair.mean_advantages
    return (
        f"Problem {seed}, {fraction:.2f} of the way to another policy (γ = 0.9): the gain "
        f"is {number(pair.gain, 4)}; the bars sum to {number(total, 4)} with the new visits and "
        f"to {number(pair.surrogate, 4)} with the old ones."
    )


@lru_cache(maxsize=16)
def _weights(probability):
    laws = [probability, 1 - probability], [0.5, 0.5]
    size, rng = {"n_steps": 500, "n_samples": 10_000}, np.random.default_rng(1)
    return numeric.trajectory_weights(*laws, **size, rng=rng)


@explorable("Importance weights of whole trajectories", probability="new probability of action 0")
def weights(ax, probability):
    ratios, steps = _weights(probability), np.unique([*range(1, 20), *range(20, 501, 20)])
    exact, sampled = ratios.log_effective * TENS, np.log10(ratios.sampled_effective)
    label = "power of ten of the effective share"
    figures.plot_weights(ax, steps, exact[steps - 1], sampled[steps - 1], ylabel=label)
    ax.set_ylim(-70, 3)
    ax.legend(loc="lower left")
    return (
        f"New policy {probability:g} and {1 - probability:.3g} on two actions, old policy one half "
        f"each, {ratios.n_samples:,} samples, seed 1: after 500 steps the effective share of the "
        f"samples is 10 to the power {number(exact[-1], 1)}, the sample says "
        f"{number(sampled[-1], 1)}."
    )


@explorable(
    "A surrogate whose maximiser can be the worst policy", p="old probability p", cost="cost M"
)
def aliased(ax, p, cost):
    objective = partial(pitfalls.aliased_objective, cost=cost)
    grid, slope = np.linspace(0, 1, 201), 1 - 2 * (1 + cost) * p
    tangent = objective(p) + slope * (grid - p)
    penalised = tangent - 2 * (1 + cost) * (grid - p) ** 2
    curves = {"objective": objective(grid), "J + surrogate": tangent, "with penalty": penalised}
    far = p if abs(slope) < 1e-12 else float(slope > 0)
    near = float(np.clip(p + slope / (4 * (1 + cost)), 0, 1))
    places = {"old policy": p, "largest surrogate": far, "largest bound": near}
    marks = {name: (at, objective(at)) for name, at in places.items()}
    figures.plot_aliased(ax, grid, curves, marks)
    ax.set_ylim(-2.2, 1.8)
    largest = f"is largest at p′ = {far:g}, where J = {number(objective(far))}"
    said = largest if far != p else "is zero throughout"
    return (
        f"Cost {cost:g}, from p = {p:g} with J = {number(objective(p))}: the surrogate {said}; "
        f"with the penalty it is largest at p′ = {near:.3f}, where J = {number(objective(near))}."
    )


@explorable("How far the laws of the state drift apart", play="t", epsilon="ε", t="step t")
def drift(ax, problem, epsilon, t):
    shift = numeric.state_shift(*numeric.drifting_pair(problem, epsilon), 201)
    figures.plot_shift(ax, np.arange(201), shift.exact, shift.upper_bounds)
    ax.plot(t, shift.exact[t], "o", color=style.EXACT)
    ax.set_xlim(-5, 205)
    shown = ", ".join(f"{name} = {curve[t]:.3f}" for name, curve in shift.upper_bounds.items())
    empty = np.flatnonzero(shift.linear >= 2 - 1e-12)
    said = f"2εt says nothing from t = {empty[0]} on" if empty.size else "2εt is below 2 throughout"
    return (
        f"{problem.capitalize()} chain, ε = {epsilon:g}, t = {t}: the laws differ by "
        f"{shift.exact[t]:.3f}; the bounds are {shown}; {said}."
    )


@explorable("Two laws and their maximal coupling", tilt="tilt towards the last action")
def coupling(ax, tilt):
    places = np.linspace(-1, 1, 3)
    p, q = policies.softmax(-places), policies.softmax((tilt - 1) * places)
    joint = policies.maximal_coupling(p, q)
    figures.plot_coupling(ax, p, q, joint)
    return (
        f"Three actions: total variation {policies.total_variation(p, q):.3f}; coupled "
        f"actions agree with probability {np.trace(joint):.3f}, independent ones with "
        f"{p @ q:.3f}. The area of a circle is the joint probability; the grey ones agree."
    )


def _from_uniform(discount):
    problem = mdp.garnet(5, 3, 3, discount, rng=np.random.default_rng(4))
    return problem, np.full((5, 3), 1 / 3)


SHOWN = ("distance met, range", "sharp", "trust region", "crude", "crude, linear")


@explorable("Lower bounds on the way to the greedy policy", discount="discount γ")
def line(ax, discount, problem):
    one_state = pitfalls.one_state([-1.0, 1.0], discount), np.array([[0.5, 0.5]])
    made, policy = one_state if problem == "one state" else _from_uniform(discount)
    old, fractions = mdp.evaluate(made, policy), np.append(0.0, np.geomspace(1e-3, 1, 40))
    far = numeric.greedy(old)
    pairs = [Comparison(old, numeric.mixture(policy, far, h)) for h in fractions]
    whole = pairs[-1].gain  # the unit of the picture
    gain, surrogate = (np.array([getattr(p, n) for p in pairs]) for n in ("gain", "surrogate"))
    bounds = {n: np.array([numeric.LOWER_BOUNDS[n](p) for p in pairs]) / whole for n in SHOWN}
    figures.plot_line(ax, fractions, gain / whole, {"surrogate": surrogate / whole, **bounds})
    ax.set_ylim(-0.6, 2.2)
    promises = []
    for name, values in bounds.items():
        best, at = values.max(), fractions[values.argmax()]
        promises.append(f"{name} {f'{best:.3g} at {at:.3g}' if best > 1e-12 else 'nothing'}")
    return (
        f"{problem.capitalize()}, γ = {discount:g}: the greedy policy gains {whole:.3f}. "
        f"Largest promises, as shares of that: {'; '.join(promises)}."
    )


@explorable("Guaranteed improvement against greedy and plain gradient", discount="discount γ")
def progress(ax, discount):
    (problem, policy), n = _from_uniform(discount), 500
    best = numeric.optimal_evaluation(problem).objective
    paths = {
        "mixture": numeric.improve(problem, policy, "mixture", n),
        "distance met, range": numeric.improve(problem, policy, "distance met, range", 100),
        "greedy": numeric.improve(problem, policy, "greedy", 20),
        "gradient": numeric.improve(problem, policy, "gradient", n),
    }
    missing = {name: (best - path) / (best - path[0]) for name, path in paths.items()}
    figures.plot_progress(ax, missing)
    needed = []
    for name, path in missing.items():
        done = np.flatnonzero(path < 0.01)
        needed.append(f"{name}: {done[0] if done.size else f'more than {len(path) - 1}'}")
    return (
        f"γ = {discount:g}, five states, uniform start: iterations until 99.0% of the gain: "
        f"{'; '.join(needed)}. After {n} gradient steps of size 1 the share "
        f"{missing['gradient'][-1]:.5f} is missing."
    )
