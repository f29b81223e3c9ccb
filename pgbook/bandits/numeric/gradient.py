r"""Drift and curvature of a softmax bandit, and score estimates of its gradient.

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

    The best arm's entry can be negative.
    """
    # The chain rule: the Fisher information times the gradient, which is the same matrix times q.
    return policies.policy_gradient(policy, policies.policy_gradient(policy, action_values))


def fisher_information(policy: FloatArray) -> FloatArray:
    r"""Covariance of the score, :math:`\operatorname{diag}(\pi) - \pi\pi^\top`; shape (..., A, A).

    It is also the derivative of the probabilities in the preferences, and sends a constant vector
    to zero. The natural gradient is its pseudo-inverse times the gradient (Kakade 2001).
    """
    policy = validation.probabilities("policy", policy)
    outer = np.einsum("...i,...j->...ij", policy, policy)
    return np.eye(policy.shape[-1]) * policy[..., None, :] - outer


def hessian(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    r"""Second derivatives of the objective in the preferences; shape (..., A, A).

    .. math:: \frac{\partial^2 J}{\partial h_i \partial h_j}
              = [i = j]\, \pi(i) x_i - \pi(i) \pi(j) (x_i + x_j), \qquad x_j = q(j) - J
    """
    policy, q = validation.policy_and_values(policy, action_values)
    x = q - np.einsum("...a,...a->...", policy, q)[..., None]
    diagonal = np.eye(x.shape[-1]) * (policy * x)[..., None, :]
    sums = x[..., :, None] + x[..., None, :]
    return diagonal - np.einsum("...i,...j->...ij", policy, policy) * sums


def smoothness_constant(action_values: FloatArray) -> FloatArray:
    r"""The largest curvature of the objective; shape (...).

    .. math:: L = \frac{q_{\max} - q_{\min}}{3\sqrt3}

    No policy has a Hessian of larger spectral norm, and two arms attain it (claim B13).
    """
    q = validation.vectors("action_values", action_values)
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
    score = policies.score(policy)
    actions = validation.indices("actions", actions, len(score), "arms")
    rewards = validation.real_array("rewards", rewards, ndim=1)
    if actions.shape != rewards.shape:
        raise ValueError(
            f"rewards must have the shape of actions, {actions.shape}, got {rewards.shape}"
        )
    advantage = rewards - validation.real("baseline", baseline)
    return advantage[:, None] * score[actions]
