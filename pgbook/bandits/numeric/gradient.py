r"""Drift and curvature of a softmax bandit, and the moments of the score estimator.

Throughout, :math:`J = \sum_a \pi(a) q(a)` with action values :math:`q(a) = \mathbb E[R
\mid a]` that do not depend on the policy, and gradients are with respect to the
preferences. Batches are extra leading axes.
"""

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray


def probability_drift(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    r"""How fast the probabilities move under exact gradient flow; shape (..., A).

    .. math:: \dot\pi(j) = \pi(j) \Big[\pi(j)\, x_j - \sum_i \pi(i)^2 x_i\Big],
              \qquad x_j = q(j) - J

    The chain rule applied to `policies.policy_gradient`. The best arm's entry can be negative.
    """
    policy, q = validation.policy_and_values(policy, action_values)
    slope = policies.policy_gradient(policy, q)
    return policy * (slope - np.einsum("...a,...a->...", policy, slope)[..., None])


def hessian(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    r"""Second derivatives of the objective in the preferences; shape (..., A, A).

    .. math:: \frac{\partial^2 J}{\partial h_i \partial h_j}
              = [i = j]\, \pi(i) x_i - \pi(i) \pi(j) (x_i + x_j), \qquad x_j = q(j) - J
    """
    policy, q = validation.policy_and_values(policy, action_values)
    x = q - policies.expected_reward(policy, q)[..., None]
    diagonal = np.eye(q.shape[-1]) * (policy * x)[..., None, :]
    return diagonal - np.einsum("...i,...j->...ij", policy, policy) * (
        x[..., :, None] + x[..., None, :]
    )


def smoothness_constant(action_values: FloatArray) -> FloatArray:
    r"""The largest curvature of the objective; shape (...).

    .. math:: L = \frac{q_{\max} - q_{\min}}{3\sqrt3}

    No policy has a Hessian of larger spectral norm, and two arms attain it (claim B13).
    """
    q = validation.real_array("action_values", action_values)
    return np.ptp(q, axis=-1) / (3 * np.sqrt(3))


def score_estimates(
    policy: FloatArray, actions: np.ndarray, rewards: FloatArray, baseline: float = 0.0
) -> FloatArray:
    r"""Score-function estimates of the gradient, one per sample.

    .. math:: g_n = (r_n - b)\, \nabla \log \pi(a_n)

    Parameters
    ----------
    policy : array_like, shape (A,)
    actions : array_like of int, shape (N,)
        Drawn independently from `policy`; otherwise the estimates are biased.
    rewards : array_like, shape (N,)
        With conditional mean q(a) given the action.
    baseline : float
        Must not depend on the sampled actions.

    Returns
    -------
    ndarray, shape (N, A)
        Each row is an unbiased estimate (Williams 1992, Theorem 1).
    """
    policy = validation.probabilities("policy", policy, ndim=1)
    actions = validation.arm_indices("actions", actions, policy.size)
    rewards = validation.real_array("rewards", rewards, ndim=1)
    if actions.shape != rewards.shape:
        raise ValueError(
            f"rewards must have the shape of actions, {actions.shape}, got {rewards.shape}"
        )
    advantage = rewards - validation.real("baseline", baseline)
    return advantage[:, None] * policies.score(policy)[actions]


def estimator_mean(
    policy: FloatArray, action_values: FloatArray, baseline: float = 0.0
) -> FloatArray:
    r"""Expectation of one score estimate by enumeration of the arms; shape (A,).

    .. math:: \sum_a \pi(a) (q(a) - b)\, \nabla \log \pi(a)
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    weight = policy * (q - validation.real("baseline", baseline))
    return np.einsum("a,aj->j", weight, policies.score(policy))


def estimator_variance(
    policy: FloatArray,
    action_values: FloatArray,
    baseline: FloatArray = 0.0,
    reward_variance: float = 0.0,
) -> FloatArray:
    r"""Variance of one score estimate, summed over its components, by enumeration of the arms.

    .. math:: \sum_a \pi(a) \big[(q(a) - b)^2 + \sigma^2\big] |\psi_a|^2 - |\nabla J|^2

    Parameters
    ----------
    policy, action_values : array_like, shape (A,)
    baseline : array_like, shape (B...)
        One number or many.
    reward_variance : float
        Variance :math:`\sigma^2` of the reward given the arm.

    Returns
    -------
    ndarray, shape (B...)
        A parabola in the baseline.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    b = validation.real_array("baseline", baseline)
    noise = validation.real("reward_variance", reward_variance)
    if noise < 0:
        raise ValueError(f"reward_variance must not be negative, got {reward_variance!r}")
    second_moment = ((q - b[..., None]) ** 2 + noise) @ _squared_score(policy)
    return second_moment - np.sum(estimator_mean(policy, q) ** 2)


def optimal_baseline(policy: FloatArray, action_values: FloatArray) -> float:
    r"""The constant baseline of least variance, :math:`\mathbb E[R |\psi|^2] / \mathbb E|\psi|^2`.

    Greensmith et al. 2004 treat the general case. NaN if the policy never varies.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    weight = _squared_score(policy)
    return float(q @ weight / weight.sum()) if weight.any() else float("nan")


def _squared_score(policy: FloatArray) -> FloatArray:
    """pi(a) |score of a|^2; shape (A,)."""
    return policy * np.sum(policies.score(policy) ** 2, axis=1)
