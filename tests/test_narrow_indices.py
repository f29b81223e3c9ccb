"""Where memory has 32 bits, as under Pyodide, NumPy draws integers that are too wide to index.

On a machine of 64 bits they are not, but unsigned ones are: the same conversions are refused.
"""

from dataclasses import fields

import numpy as np
import pytest

from pgbook import guarantees, mdp, policies


class WideGenerator(np.random.Generator):
    """Draws integers of a type that does not safely convert into the one that indexes."""

    def choice(self, *arguments, **options):
        return super().choice(*arguments, **options).astype(np.uint64)

    def integers(self, *arguments, **options):
        return np.asarray(super().integers(*arguments, **options)).astype(np.uint64)


PROBLEM = mdp.garnet(4, 3, 2, 0.9, rng=np.random.default_rng(3))
POLICY = policies.softmax(np.random.default_rng(4).normal(size=(4, 3)))
DRAWS = {
    "garnet": lambda rng: mdp.garnet(4, 3, 2, 0.9, rng=rng),
    "sample_actions": lambda rng: policies.sample_actions(POLICY[0], 100, rng=rng),
    "sample_trajectories": lambda rng: mdp.sample_trajectories(
        PROBLEM, POLICY, n_trajectories=100, n_steps=5, rng=rng
    ),
    "reinforce": lambda rng: mdp.reinforce(PROBLEM, POLICY, n_trajectories=200, n_steps=5, rng=rng),
    "weights": lambda rng: guarantees.trajectory_weights(
        POLICY[0], POLICY[1], n_steps=3, n_samples=50, rng=rng
    ),
    "learn": lambda rng: guarantees.learn(
        PROBLEM,
        lambda policy, advantages, occupancy: policy * np.exp(advantages),
        n_iterations=2,
        n_runs=2,
        n_trajectories=10,
        n_steps=5,
        rng=rng,
    ),
}


def arrays(result):
    if isinstance(result, np.ndarray):
        return [result]
    return [np.asarray(getattr(result, f.name)) for f in fields(result)]


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_wider_integers_are_converted_where_they_are_drawn(draw):
    expected, narrowed = (
        draw(kind(np.random.PCG64(7))) for kind in (np.random.Generator, WideGenerator)
    )
    for array, same in zip(arrays(expected), arrays(narrowed), strict=True):
        assert array.dtype == same.dtype
        assert array.dtype.kind not in "iu" or array.ndim == 0 or array.dtype == np.intp
        np.testing.assert_array_equal(array, same)
