"""Thousands of calls with values a reader may give: a right result, or an error that says why.

Each public callable is called once as it should be. Then one argument after the other is replaced:
by the same numbers in another dress, which give the same result; by what means nothing there,
which is refused; by numbers of any size, which give numbers and no warning. Every error names the
argument.
"""

import copy
import inspect
import re
import warnings
from dataclasses import is_dataclass

import numpy as np
import pytest

from pgbook import bandits, differences, guarantees, mdp, montecarlo, outcomes, policies, unbiased
from pgbook.guarantees import Comparison

MODULES = (bandits, unbiased, guarantees, mdp, policies, montecarlo, differences, outcomes)
MADE_BY_US = (
    *(mdp.Evaluation, mdp.StepEvaluation, mdp.Rollouts, mdp.Trajectories),
    *(guarantees.Shift, guarantees.Weights, unbiased.Family),
)
UNIFORM, UNEVEN = np.full((4, 2), 0.5), np.array([[0.25, 0.75]] * 4)
RING, COIN, BIASED = mdp.ring(0.5, 4), mdp.coin(0.5, 3), np.array([[0.25, 0.75]])
CURRENT, EPISODES = mdp.evaluate(RING, UNIFORM), mdp.trajectories(COIN, [[0.5, 0.5]])
STEP = outcomes.bandit([0.25, 0.25, 0.5], [100.0, 3.0, -7.0])
COLUMN = np.array([[2.0], [100.0], [-7.0]])
CRITIC = np.array([[[2.0, 100.0]], [[-7.0, 3.0]], [[1.0, 0.0]]])
ADVANTAGES = np.array([[100.0, 3.0], [-7.0, 2.0], [0.0, 1.0], [5.0, 5.0]])


def stay(policy, advantages, occupancy):
    return policy


UNLIKE_OTHERS = ("from_gymnasium",)  # `test_mdp_problems`
NAN = (bandits.naive_softmax,)  # whose point it is to overflow

FRACTIONS = ("discount", "epsilon", "fraction", "mixing", "slip", "down", "uniforms")
POSITIVE = ("step_size", "alpha", "step", "deviation", "tolerance", "step_sizes", "mean_reward")
LAWS = ("policy", "new_policy", "other", "p", "q", "weights", "start", "transition")

# One legal value for each name of an argument: numbers that every type can hold.
LEGAL = {
    **dict.fromkeys(("policy", "p", "weights"), np.array([0.25, 0.25, 0.5])),
    **dict.fromkeys(("new_policy", "q"), np.array([0.5, 0.25, 0.25])),
    **dict.fromkeys(("preferences", "log_mean", "mean_log_reward"), np.array([2.0, -1.0, 1.0])),
    **dict.fromkeys(("action_values", "samples"), np.array([100.0, 3.0, -7.0])),
    **dict.fromkeys(("payoffs", "truth", "at"), np.array([100.0, 3.0, -7.0])),
    **dict.fromkeys(("mean_reward", "log_deviation", "standard_error"), np.array([4.0, 1.0, 2.0])),
    "mean": 2.0,
    "size": 4,
    "rewards": np.array([[100.0, 3.0], [-20.0, 7.0]]),
    **dict.fromkeys(("uniforms", "uniform"), np.array([0.25, 0.75])),
    "actions": np.array([2, 0, 1]),
    "horizons": np.array([2, 5]),
    **dict.fromkeys(("n_states", "n_arms", "horizon", "k", "n_actions", "n_components"), 3),
    **dict.fromkeys(("n_steps", "n_runs", "n_samples", "n_trajectories", "n_iterations"), 3),
    **dict.fromkeys(("arm", "n_successors", "power", "t"), 2),
    "most": 1000,
    **dict.fromkeys(("step_size", "alpha", "theta", "noise", "mixing", "slip", "down"), 0.5),
    **dict.fromkeys(("discount", "epsilon", "fraction", "tolerance", "least", "step"), 0.25),
    **dict.fromkeys(("temperature", "logit"), 0.125),
    **dict.fromkeys(("reward", "shift", "cost", "gap", "deviation", "baseline"), 3.0),
    "constant": 100.0,
    **dict.fromkeys(("leave", "stay"), 3.0),
    "paths": EPISODES,
    **dict.fromkeys(("radius", "clip", "rate"), 0.25),
    "advantages": np.array([100.0, 3.0, -7.0]),
    "occupancy": np.array([2.0, 1.0, 4.0, 0.0]),
    "blocks": np.array([0, 1, 0, 1]),
    "decay": 0.25,
    "decays": np.array([0.25, 0.5]),
    "critic": "V/2",
    "step_sizes": [0.5, 0.25],
    "baselines": ["none", "first"],
    "loss": unbiased.LOSSES[0],
    "rule": "mixture",
    "bound": "sharp",
    "name": "cliff",
    **dict.fromkeys(("sampled", "discounted", "finite_variance"), True),
    "problem": RING,
    **dict.fromkeys(("current", "old"), CURRENT),
    "far": Comparison(CURRENT, UNEVEN),
    "result": montecarlo.Estimate([100.0, 3.0, -7.0], [1.0, 0.0, 2.0]),
    "function": np.sum,
}
# Where a name means something else.
TABLES = {
    "preferences": UNEVEN,
    "policy": UNIFORM,
    "new_policy": UNEVEN,
    "values": np.array([3.0, 100.0, -7.0, 0.0]),
}
OWN = {
    bandits.follow_rewards: {"baseline": "first", "step_size": np.array([0.5, 0.25])},
    bandits.ascend: {"preferences": np.array([[2.0, -1.0, 1.0]])},
    unbiased.compare_estimators: {"problem": COIN, "policy": BIASED},
    bandits.score_estimates: {"rewards": np.array([100.0, 3.0, -7.0])},
    guarantees.Comparison: {"new_policy": UNEVEN},
    guarantees.mixture: {"policy": UNIFORM, "other": UNEVEN},
    unbiased.coin_means: {"p": 0.25},
    mdp.reinforce: {"n_trajectories": 200},
    STEP.batches: {"baseline": "own mean"},
    STEP.batch_variance: {"baseline": "own mean"},
    unbiased.echo: {"rewards": np.array([100.0, 3.0])},
    unbiased.sample_score_estimates: {"baselines": [0.0, 3.0]},
    mdp.cliff: {"reward": np.array([[1.0, 2.0], [100.0, -7.0]])},
    mdp.deterministic: {
        "next_states": np.array([[0, 1], [1, 1]]),
        "reward": np.array([[1.0, 2.0], [100.0, -7.0]]),
    },
    mdp.evaluate_steps: {"problem": mdp.cliff(0.5, horizon=3), "policy": UNIFORM[:2]},
    mdp.trajectories: {"problem": mdp.cliff(0.5, horizon=3), "policy": UNIFORM[:2]},
    mdp.MDP: {
        "transition": np.eye(2)[[[0, 1], [1, 1]]],
        "reward": np.array([[100.0, 3.0], [-7.0, 0.0]]),
        "start": np.array([0.5, 0.5]),
        "transition_reward": None,
        "successors": None,
    },
    montecarlo.Estimate: {
        "mean": np.array([100.0, 3.0, -7.0]),
        "size": np.array([100.0, 3.0, 7.0]),
    },
    outcomes.OneStep: {"scores": COLUMN},
    outcomes.Outcomes: {"values": COLUMN},
    EPISODES.state_baseline: {"table": COLUMN},
    EPISODES.generalized_advantages: {"table": COLUMN},
    EPISODES.action_entries: {"table": CRITIC},
    EPISODES.scaled_scores: {"factors": np.arange(24.0).reshape(8, 3)},
    guarantees.follow: {"rule": stay, "bound": None},
    guarantees.learn: {"rule": stay},
    guarantees.optimism: {"rule": stay},
    guarantees.best_within_mean_kl: {"policy": UNEVEN, "advantages": ADVANTAGES},
    guarantees.safe_step: {"policy": UNEVEN, "advantages": ADVANTAGES},
    guarantees.pooled: {"advantages": ADVANTAGES},
    guarantees.estimated_advantages: {
        "policy": UNEVEN[None],
        "pairs": np.array([[[0, 3]], [[7, 2]], [[1, 1]]]),
        "rewards": np.array([[[100.0, 3.0]], [[-7.0, 2.0]], [[0.0, 1.0]]]),
    },
    unbiased.all_actions: {"policy": BIASED, "table": CRITIC},
    unbiased.repaired: {"policy": BIASED, "table": CRITIC},
    unbiased.gae: {"problem": COIN, "policy": BIASED},
    unbiased.ladder: {"problem": COIN, "policy": BIASED, "noise": CRITIC},
}


def public():
    """All public callables: functions, classes, and the methods of one object of each class."""
    found = []
    for module in MODULES:
        for name, value in sorted(vars(module).items()):
            own = getattr(value, "__module__", "").startswith(module.__name__)
            if callable(value) and own and not name.startswith("_") and value not in MADE_BY_US:
                found.append(value)
    agent = bandits.GradientBandit(3, 0.5, rng=np.random.default_rng(0))
    objects = [agent, *unbiased.FAMILIES.values(), RING, EPISODES, STEP, STEP.estimates()]
    for thing in objects:
        methods = inspect.getmembers(thing, inspect.ismethod)
        found += [m for name, m in methods if name[0] != "_" and name not in UNLIKE_OTHERS]
    for law in unbiased.FAMILIES.values():
        if law.path is None:
            found.remove(law.pathwise)
    return list(dict.fromkeys(found))


def arguments(function):
    """A legal call of a function, from the names in its signature."""
    names = inspect.signature(function).parameters
    tables = TABLES if "problem" in names or isinstance(of(function), mdp.MDP) else {}
    known = LEGAL | tables | OWN.get(function, {})
    hidden = {"rng"} | {name for name, one in names.items() if one.default in ("policy", "values")}
    return {name: known[name] for name in names if name not in hidden}


def of(method):
    return getattr(method, "__self__", None)


def call(function, given):
    """The result of a call on copies, with a fresh source of random numbers."""
    if "rng" in inspect.signature(function).parameters:
        given = {"rng": np.random.default_rng(0), **given}
    function = getattr(copy.deepcopy(of(function)), function.__name__) if of(function) else function
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(**given)


def numbers(result):
    """All numbers of a result, one after the other."""
    if is_dataclass(result):
        result = vars(result)
    if isinstance(result, dict):
        result = [*result.values()]
    if isinstance(result, list | tuple):
        return np.concatenate([[], *map(numbers, result)])
    if isinstance(result, np.ndarray | float | int):
        return np.ravel(np.asarray(result, float))
    return np.array([])


def same(value):
    """The same number or numbers as Python, NumPy and other people's programs may give them."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        return
    for dtype in ("i1", "u1", "i2", "i8", "f2", "f4", "f8", "O"):
        with np.errstate(invalid="ignore"):
            other = array.astype(dtype)
        if dtype != "O" and not np.array_equal(other.astype(float), array.astype(float)):
            continue
        yield other if array.ndim else other[()]
    if array.ndim:
        yield array.tolist()
        yield np.asfortranarray(array)
        yield np.repeat(array, 2, axis=-1)[..., ::2]
        frozen = array.copy()
        frozen.setflags(write=False)
        yield frozen


def nonsense(value):
    """What no argument of this kind can mean."""
    yield from (object(), 1j, b"1", {}, [[1.0], [1.0, 2.0]])
    if not isinstance(value, str):
        yield from ("0.5", "none", [], np.array([]))
    if isinstance(value, str | float | int | np.ndarray | list):
        yield from (RING, CURRENT)
    if isinstance(value, str):
        yield from ("", "None", 3, None)
    array = np.asarray(value)
    if array.dtype.kind in "iuf":
        for wrong in (np.nan, np.inf, -np.inf):
            yield np.where(np.arange(array.size).reshape(array.shape) == 0, wrong, array)[()]
        yield np.ma.masked_array(array, np.arange(array.size).reshape(array.shape) == 0)
        yield array.astype(complex)[()]
        yield array.astype(str)[()]
        yield np.array([np.datetime64("2020-01-01")])
    if array.dtype.kind in "iu":
        yield from (
            (value + 0.5, -1, 10**30, -(10**30)) if array.ndim == 0 else (value + 0.5, -value)
        )


def sized(value, rng):
    """Numbers of any size in the shape of the value, and the same in other shapes."""
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return
    for _ in range(8):
        powers = rng.uniform(-320, 320, array.shape if rng.random() < 0.5 else ())
        with np.errstate(all="ignore"):
            yield (array * np.power(10.0, powers))[()]
    yield from (0.0 * array, -array, 1 - array, 1 + 0 * array)
    if array.ndim:
        yield from (array[:1], array[:-1], array[None], array[..., None], array[0], array.T)
        yield array / np.abs(array).sum(axis=-1, keepdims=True)


def outside(name, value):
    """Whether numbers are beyond the range that all functions document for this name."""
    value = np.asarray(value)
    if name in LAWS and value.ndim:
        return value.min() < 0 or np.abs(value.sum(axis=-1) - 1).max() > 1e-8
    low, high = (
        (0, 1) if name in FRACTIONS else (0, np.inf) if name in POSITIVE else (-1e151, 1e151)
    )
    return value.min() < low or value.max() > high


def clear(error, names):
    """Whether an error is one of ours: it begins with an argument and says what it must be."""
    pattern = rf"^({'|'.join(names)})\b.* must\b"
    return type(error) in (TypeError, ValueError) and re.search(pattern, str(error))


def described(function, name, value):
    owner = f"{type(of(function)).__name__}." if of(function) else ""
    return f"{owner}{function.__name__}({name}={repr(value)[:60]})"


FUNCTIONS = public()
CALLS = [(function, name) for function in FUNCTIONS for name in arguments(function)]


def test_there_are_enough_calls():
    rng, total = np.random.default_rng(0), 0
    for function, name in CALLS:
        value = arguments(function)[name]
        total += len([*same(value), *nonsense(value), *sized(value, rng)])
    assert len(FUNCTIONS) > 100 and total > 3_000


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: described(f, "", "")[:-4])
def test_a_call_is_right_or_says_what_is_wrong(function):
    given, rng, wrong = arguments(function), np.random.default_rng(0), []
    right = numbers(call(function, given))

    def tried(name, value):
        try:
            return numbers(call(function, {**given, name: value}))
        except Exception as error:
            if not clear(error, given):
                wrong.append(f"{described(function, name, value)}: {error!r}")

    for name, value in given.items():
        for other in same(value):
            result = tried(name, other)
            if result is not None and not np.allclose(result, right, 1e-12, 1e-12, equal_nan=True):
                wrong.append(f"{described(function, name, other)} is {result}, not {right}")
        for other in nonsense(value):
            if tried(name, other) is not None:
                wrong.append(f"{described(function, name, other)} is not refused")
        for other in sized(value, rng):
            result = tried(name, other)
            if result is not None and np.isnan(result).any() and function not in NAN:
                wrong.append(f"{described(function, name, other)} gives NaN")
            if result is not None and outside(name, other):
                wrong.append(f"{described(function, name, other)} is not refused")
    assert not wrong, "\n".join(wrong)


def test_a_baseline_that_is_not_given_is_zero():
    tried = 0
    for function, name in CALLS:
        default = inspect.signature(function).parameters[name].default
        if name in ("baseline", "baselines") and default is not inspect.Parameter.empty:
            others = {key: value for key, value in arguments(function).items() if key != name}
            zero, tried = 0.0 if name == "baseline" else [0.0], tried + 1
            with_zero = numbers(call(function, {**others, name: zero}))
            assert np.array_equal(numbers(call(function, others)), with_zero), function
    assert tried >= 5
