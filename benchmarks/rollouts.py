"""How fast are ten million steps with a REINFORCE gradient? FrozenLake, three ways, in one process.

    make bench

A random softmax policy on FrozenLake, trajectories of 100 steps; the arrays let an episode that
has ended stay where it is, the loop over the Gymnasium environment goes on to the next. The loop
runs fewer trajectories, so times are given for one step that an implementation takes and for one
trajectory. Before a time is printed, all must agree with the exact gradient within five standard
errors. The table goes to `benchmarks/rollouts.md`.
"""

from collections.abc import Callable
from functools import partial

import gymnasium
import numpy as np
from timing import ROUNDS, in_rounds, largest_memory, write_table, z_of_exact

from pgbook import mdp, montecarlo
from pgbook.montecarlo import Estimate

STEPS, DISCOUNT, MANY, FEWER, LOOPED = 100, 0.99, 100_000, 10_000, 4000
ENV = gymnasium.make("FrozenLake-v1", max_episode_steps=STEPS)
PROBLEM = mdp.MDP.from_gymnasium(ENV, discount=DISCOUNT, horizon=STEPS)
STATES, ACTIONS = PROBLEM.reward.shape
POLICY = PROBLEM.softmax(np.random.default_rng(8).normal(size=(STATES, ACTIONS)))
CUMULATIVE_POLICY = POLICY.cumsum(axis=1)
CUMULATIVE_LAW = PROBLEM.dense().cumsum(axis=2)


def with_loop(n: int, seed: int) -> Estimate:
    """One step at a time; the gradient of an episode is added when it has ended."""
    rng = np.random.default_rng(seed)
    total, squares = np.zeros((STATES, ACTIONS)), np.zeros((STATES, ACTIONS))
    ENV.reset(seed=seed)
    for _ in range(n):
        (state, _), over, path = ENV.reset(), False, []
        while not over:
            action = rng.choice(ACTIONS, p=POLICY[state])
            after, reward, ended, stopped, _ = ENV.step(action)
            path.append((state, action, reward))
            state, over = after, ended or stopped
        gradient, later = np.zeros((STATES, ACTIONS)), 0.0
        for t in range(len(path) - 1, -1, -1):
            state, action, reward = path[t]
            later = reward + DISCOUNT * later
            gradient[state] -= DISCOUNT**t * later * POLICY[state]
            gradient[state, action] += DISCOUNT**t * later
        total += gradient
        squares += gradient**2
    return Estimate(total / n, np.sqrt((squares - total**2 / n) / (n - 1) / n))


def with_arrays(n: int, seed: int) -> Estimate:
    """All trajectories at once; a row of cumulative probabilities is compared for each."""
    rng = np.random.default_rng(seed)
    states, actions = np.empty((STEPS, n), dtype=int), np.empty((STEPS, n), dtype=int)
    state = rng.choice(STATES, size=n, p=PROBLEM.start)
    for t in range(STEPS):
        action = (rng.random((n, 1)) >= CUMULATIVE_POLICY[state][:, :-1]).sum(axis=1)
        states[t], actions[t] = state, action
        state = (rng.random((n, 1)) >= CUMULATIVE_LAW[state, action][:, :-1]).sum(axis=1)
    rewards = PROBLEM.reward[states, actions]
    later, gradients = np.zeros(n), np.zeros((n, STATES, ACTIONS))
    every = np.arange(n)
    for t in range(STEPS - 1, -1, -1):
        later = rewards[t] + DISCOUNT * later
        weight = DISCOUNT**t * later
        gradients[every, states[t]] -= weight[:, None] * POLICY[states[t]]
        gradients[every, states[t], actions[t]] += weight
    return montecarlo.estimate(gradients)


def with_pgbook(n: int, seed: int) -> Estimate:
    """Alias tables, in batches."""
    rng = np.random.default_rng(seed)
    return mdp.reinforce(PROBLEM, POLICY, n_trajectories=n, n_steps=STEPS, rng=rng)


OURS = "`mdp.reinforce`"
IMPLEMENTATIONS: dict[str, tuple[Callable[[int, int], Estimate], int]] = {
    "a loop over Gymnasium steps": (with_loop, LOOPED),
    "NumPy, all trajectories at once": (with_arrays, MANY),
    OURS: (with_pgbook, MANY),
}


def pooled(found: list[Estimate]) -> Estimate:
    """The mean of independent estimates from equally many samples."""
    error = np.sqrt(np.sum([e.standard_error**2 for e in found], axis=0)) / len(found)
    return Estimate(np.mean([e.mean for e in found], axis=0), error)


def main() -> None:
    """Measure, check, print and write the table."""
    medians, results = in_rounds(
        {name: partial(run, n) for name, (run, n) in IMPLEMENTATIONS.items()}
    )
    exact = mdp.evaluate_steps(PROBLEM, POLICY)
    length = STEPS - exact.state_laws[:, -1].sum()  # of an episode; the last state is the end
    steps = {
        name: length if run is with_loop else STEPS for name, (run, _) in IMPLEMENTATIONS.items()
    }
    path = {name: medians[name] / n for name, (_, n) in IMPLEMENTATIONS.items()}
    rows = []
    for name, (run, n) in IMPLEMENTATIONS.items():
        z = z_of_exact(name, pooled(results[name]), exact.gradient)
        step = path[name] / steps[name]
        slower = step / (path[OURS] / steps[OURS]), path[name] / path[OURS]
        whole = "not run" if run is with_loop else largest_memory(partial(run, n, 0))
        memory = [largest_memory(partial(run, FEWER, 0)), whole]
        times = [f"{steps[name]:.1f}", f"{1e9 * step:.1f}", f"{slower[0]:.1f}"]
        times += [f"{1e6 * path[name]:.2f}", f"{slower[1]:.1f}"]
        rows.append([name, f"{n:,}", *times, *memory, z])
    columns = [
        "implementation", "trajectories", "steps in each", "nanoseconds a step",
        "relative, by step", "microseconds a trajectory", "relative, by trajectory",
        f"largest memory at {FEWER:,}, MiB", f"at {MANY:,}, MiB", f"largest z of {ROUNDS} rounds",
    ]  # fmt: skip
    what = f"REINFORCE on FrozenLake, {STATES - 1} states and the end, {STEPS} steps"
    write_table(__file__, what, columns, rows)


if __name__ == "__main__":
    main()
