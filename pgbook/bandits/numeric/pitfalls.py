"""Wrong code that looks right: shown in the pages, and rejected by the checks."""

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray


def naive_softmax(preferences: FloatArray) -> FloatArray:
    """The softmax formula typed as it stands; NaN or not a distribution for large preferences."""
    h = validation.vectors("preferences", preferences)
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.exp(h)
        return weights / weights.sum(axis=-1, keepdims=True)


def sequential_update(
    preferences: FloatArray, arm: int, reward: float, step_size: float
) -> FloatArray:
    """The update of document 000 with the softmax computed anew for each arm; shape (A,).

    Wrong: later arms see a policy that the earlier ones have already changed.
    """
    h = validation.floating_array("preferences", preferences, ndim=1)
    arm, reward = validation.index("arm", arm, h.size), validation.real("reward", reward)
    step = validation.positive("step_size", step_size)
    for j in range(h.size):
        h[j] += step * reward * ((j == arm) - policies.softmax(h)[j])
    return h


def clipped_policy(policy: FloatArray, least: float) -> FloatArray:
    """A policy that explores at least a little: raised to `least` everywhere, then normalised."""
    policy = validation.probabilities("policy", policy, ndim=1)
    if not 0 < validation.real("least", least) <= 1:
        raise ValueError(f"least must lie in (0, 1], got {least!r}")
    raised = np.maximum(policy, float(least))
    return raised / raised.sum()


def clipped_estimator_mean(
    policy: FloatArray, action_values: FloatArray, least: float
) -> FloatArray:
    """Mean of the score estimate when arms come from the clipped policy; shape (A,).

    Wrong as a gradient: the arms come from one policy, the score from another.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    return np.einsum("a,aj->j", clipped_policy(policy, least) * q, policies.score(policy))
