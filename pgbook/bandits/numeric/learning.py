"""Gradient bandits at work: exact ascent, sampled paths, and the many-armed testbed."""

from collections.abc import Sequence

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray, real, shaped, shown

#: What may be subtracted from a reward.
BASELINES = ("none", "zero", "first", "inclusive")
LARGEST_STEP = 1e30  # in single precision, like
LARGEST_SHIFT = 1e4


def ascend(
    preferences: FloatArray, action_values: FloatArray, *, step_size: float, n_steps: int
) -> FloatArray:
    """Preferences along exact gradient ascent.

    Parameters
    ----------
    preferences : array_like of float, shape (..., A)
        The start.
    action_values : array_like, shape (A,)
    step_size : float
        Positive.
    n_steps : int

    Returns
    -------
    ndarray, shape (n_steps + 1, ..., A)
    """
    path = [validation.floating_array("preferences", preferences)]
    q = validation.real_array("action_values", action_values, ndim=1)
    step_size = validation.positive("step_size", step_size)
    for _ in range(validation.count("n_steps", n_steps)):
        slope = policies.policy_gradient(policies.softmax(path[-1]), q)
        path.append(path[-1] + step_size * slope)
    return np.array(path)


def sample_paths(
    preferences: FloatArray,
    action_values: FloatArray,
    *,
    step_size: float,
    n_steps: int,
    n_runs: int,
    baseline: float = 0.0,
    rng: np.random.Generator,
) -> FloatArray:
    """Preferences of independent gradient bandits with noise-free rewards.

    Parameters
    ----------
    preferences : array_like of float, shape (A,)
        Where all of them start.
    action_values : array_like, shape (A,)
        The reward of each arm.
    step_size, n_steps
        As for `ascend`.
    n_runs : int
    baseline : float
        One constant, subtracted from each reward.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_steps + 1, n_runs, A)
    """
    start = validation.floating_array("preferences", preferences, ndim=1)
    q = validation.real_array("action_values", action_values, ndim=1)
    shaped("action_values", q, start.shape)
    step_size, baseline = validation.positive("step_size", step_size), real("baseline", baseline)
    n_runs = validation.count("n_runs", n_runs)
    rng = validation.generator("rng", rng)
    path = [np.tile(start, (n_runs, 1))]
    for _ in range(validation.count("n_steps", n_steps)):
        policy = policies.softmax(path[-1])
        arms = policies.inverse_cdf(policy, rng.random(n_runs))
        push = step_size * (q[arms] - baseline)[:, None]
        path.append(path[-1] + push * (np.eye(q.size)[arms] - policy))
    return np.array(path)


def follow_rewards(
    rewards: FloatArray, uniforms: FloatArray, *, step_size: FloatArray, baseline: str
) -> FloatArray:
    """Preferences of one gradient bandit on a given table of rewards.

    With the randomness given, two rules can be compared step by step.

    Parameters
    ----------
    rewards : array_like, shape (T, A)
        What each arm would pay at each step.
    uniforms : array_like, shape (T,)
        In [0, 1); the arm of a step is the one whose interval holds the number.
    step_size : float or array_like, shape (T,)
        Positive or zero.
    baseline : str
        From `BASELINES`; `run_testbed` says what they mean.

    Returns
    -------
    ndarray, shape (T + 1, A)
    """
    rewards = validation.real_array("rewards", rewards, ndim=2)
    uniforms = validation.real_array("uniforms", uniforms, ndim=1)
    shaped("uniforms", uniforms, rewards.shape[:1])
    if not (0 <= uniforms.min() and uniforms.max() < 1):
        raise ValueError(f"uniforms must lie in [0, 1), got {shown(uniforms)}")
    steps = validation.real_array("step_size", step_size)
    if steps.shape not in ((), rewards.shape[:1]) or steps.min() < 0:
        raise ValueError(
            f"step_size must be a number or have shape {rewards.shape[:1]}, and not be negative, "
            f"got {shown(steps)}"
        )
    steps = np.broadcast_to(steps, len(rewards))
    validation.choice("baseline", baseline, BASELINES)
    total, path = 0.0, [np.zeros(rewards.shape[1])]
    for t, uniform in enumerate(uniforms):
        policy = policies.softmax(path[-1])
        arm = policies.inverse_cdf(policy, uniform)
        reward = rewards[t, arm]
        start = reward if baseline == "first" else 0.0
        before = total / t if t else start
        total += reward
        subtracted = {"none": 0.0, "inclusive": total / (t + 1)}.get(baseline, before)
        score = policies.score(policy)[arm]
        path.append(path[-1] + steps[t] * (reward - subtracted) * score)
    return np.array(path)


def run_testbed(
    step_sizes: Sequence[float],
    baselines: Sequence[str],
    *,
    n_arms: int = 10,
    shift: float = 0.0,
    n_runs: int = 500,
    n_steps: int = 1000,
    rng: np.random.Generator,
) -> np.ndarray:
    r"""Whether each gradient bandit of a testbed pulled its best arm, at each step.

    In each run the arms' mean rewards are drawn from :math:`N(\text{shift}, 1)` and
    rewards have unit noise (the testbed of Sutton & Barto 2018, section 2.3).
    Configuration i learns with
    ``step_sizes[i]`` and ``baselines[i]``; all share the random numbers of their run,
    so that differences between them are less noisy. All is computed in single precision. The
    baseline is a running mean of rewards:

    ``none``
        no baseline: the update as document 000 prints it;
    ``zero``
        the mean of the rewards strictly before t, starting at zero;
    ``first``
        the same, starting at the first reward, so that the first update is zero;
    ``inclusive``
        the mean with the reward at t included.

    Parameters
    ----------
    step_sizes : sequence of float, length C
    baselines : sequence of str, length C
        From `BASELINES`.
    n_arms, n_runs, n_steps : int
    shift : float
        At most 10,000 in size: beyond, single precision would round what tells arms apart.
    rng : numpy.random.Generator
        ``np.random.Generator(np.random.SFC64(seed))`` is the fastest.

    Returns
    -------
    ndarray of bool, shape (n_steps, C, n_runs)
    """
    alphas = validation.real_array("step_sizes", step_sizes, ndim=1)
    if not (0 < alphas.min() and alphas.max() <= LARGEST_STEP):
        raise ValueError(
            f"step_sizes must be positive and at most {LARGEST_STEP:g}, got {shown(alphas)}"
        )
    names = [validation.choice("baselines", name, BASELINES) for name in _listed(baselines)]
    if len(alphas) != len(names):
        raise ValueError(
            "step_sizes and baselines must have one entry per configuration, "
            f"got {len(alphas)} and {len(names)}"
        )
    n_arms = validation.count("n_arms", n_arms, least=2)
    n_runs, n_steps = validation.count("n_runs", n_runs), validation.count("n_steps", n_steps)
    rng, shift = validation.generator("rng", rng), validation.real("shift", shift)
    if abs(shift) > LARGEST_SHIFT:
        raise ValueError(f"shift must be at most {LARGEST_SHIFT:g} in size, got {shift}")
    steps, names = alphas.astype(np.float32)[:, None], np.array(names)[:, None]
    return _testbed(steps, names, n_arms, shift, n_runs, n_steps, rng)


def _listed(names: Sequence[str]) -> Sequence[str]:
    if isinstance(names, str) or not isinstance(names, Sequence | np.ndarray):
        raise TypeError(f"baselines must be a sequence of names, got {shown(names)}")
    return names


def _testbed(alphas, baselines, n_arms, shift, n_runs, n_steps, rng):
    """Arms stand on the first axis and the long axis of runs last: NumPy is fastest so."""
    first, inclusive, some = baselines == "first", baselines == "inclusive", baselines != "none"
    values = rng.standard_normal((n_arms, n_runs), np.float32) + np.float32(shift)
    best, runs, configurations = values.argmax(axis=0), np.arange(n_runs), np.arange(len(alphas))
    h = np.zeros((n_arms, len(alphas), n_runs), np.float32)
    mean, optimal = np.zeros(h.shape[1:], np.float32), np.empty((n_steps, *h.shape[1:]), bool)
    largest = np.log(np.finfo(np.float32).max / n_arms)  # beyond it the sum would overflow
    for t in range(n_steps):
        if h.max() > largest:
            h -= h.max(axis=0)
        weights = np.exp(h)
        cumulative = weights.copy()
        for a in range(1, n_arms):  # ten times faster than np.cumsum(axis=0)
            cumulative[a] += cumulative[a - 1]
        total = cumulative[-1]
        arms = (rng.random(n_runs, np.float32) * total >= cumulative[:-1]).sum(axis=0)
        reward = values[arms, runs] + rng.standard_normal(n_runs, np.float32)
        new_mean = mean + (reward - mean) / (t + 1)
        baseline = some * np.where(inclusive | (first & (t == 0)), new_mean, mean)
        push = alphas * (reward - baseline)
        h -= weights * (push / total)
        h[arms, configurations[:, None], runs] += push
        mean, optimal[t] = new_mean, arms == best
    return optimal
