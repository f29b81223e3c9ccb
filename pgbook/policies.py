r"""Policies: softmax, score, expected reward and gradient; sampling, distance, coupling.

A policy over :math:`k` actions is a vector of probabilities :math:`\pi(a)`. A softmax
policy takes it from preferences :math:`h_a` by :math:`\pi(a) = e^{h_a} / \sum_b
e^{h_b}` (Sutton & Barto 2018, equation 2.11). Batches are extra leading axes.
"""

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray


def softmax(preferences: FloatArray) -> FloatArray:
    """Action probabilities of a softmax policy.

    Parameters
    ----------
    preferences : array_like of real numbers, shape (..., A)
        Finite. Adding one number to all of a row changes nothing.

    Returns
    -------
    ndarray, shape (..., A)
        Non-negative, sums to one on the last axis. An action more than about 745 below
        the best one gets exactly zero: in floating point the full support of the
        formula is lost. Use `log_softmax` where its logarithm is needed.

    Raises
    ------
    ValueError
        If a preference is infinite, NaN or larger than 1e75, or a number comes alone.
    """
    h = validation.vectors("preferences", preferences)
    # Shifting by the maximum leaves every ratio unchanged and keeps exp at most one.
    weights = np.exp(h - h.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def log_softmax(preferences: FloatArray) -> FloatArray:
    r"""Logarithms of the action probabilities, finite even where a probability underflows.

    .. math:: \log \pi(a) = h_a - \log \textstyle\sum_b e^{h_b}

    Parameters
    ----------
    preferences : array_like of real numbers, shape (..., A)
        Finite.

    Returns
    -------
    ndarray, shape (..., A)
    """
    h = validation.vectors("preferences", preferences)
    shifted = h - h.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def score(policy: FloatArray) -> FloatArray:
    r"""The score of a softmax policy, one row per action.

    .. math:: \psi_{aj} = \frac{\partial \log \pi(a)}{\partial h_j} = [a = j] - \pi(j)

    Parameters
    ----------
    policy : array_like, shape (A,)
        Probabilities.

    Returns
    -------
    ndarray, shape (A, A)
        ``score[a, j]``. Each row sums to zero, and so does ``policy @ score``.
    """
    policy = validation.probabilities("policy", policy, ndim=1)
    return np.eye(policy.size) - policy


def expected_reward(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    r"""The objective :math:`J = \sum_a \pi(a) q(a)`, shape (...), of policies (..., A)."""
    policy, q = validation.policy_and_values(policy, action_values)
    return np.einsum("...a,...a->...", policy, q)


def policy_gradient(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    r"""The exact gradient, :math:`\partial J / \partial h_j = \pi(j) (q(j) - J)`; shape (..., A).

    Sutton & Barto 2018, section 2.8. It sums to zero.
    """
    policy, q = validation.policy_and_values(policy, action_values)
    return policy * (q - np.einsum("...a,...a->...", policy, q)[..., None])


def inverse_cdf(policy: FloatArray, uniform: FloatArray) -> np.ndarray:
    r"""The action whose interval of the cumulative probabilities holds a uniform number.

    Action i owns :math:`[F_{i-1}, F_i)`, which has length :math:`F_i - F_{i-1} =
    \pi(i)`.

    Parameters
    ----------
    policy : array_like, shape (..., A)
        Probabilities.
    uniform : array_like, shape (...)
        In [0, 1); broadcast against the leading axes of `policy`.

    Returns
    -------
    ndarray of int, shape (...)
    """
    policy = validation.probabilities("policy", policy)
    uniform = validation.real_array("uniform", uniform)
    if uniform.min() < 0 or uniform.max() >= 1:
        raise ValueError(f"uniform must lie in [0, 1), got {validation.shown(uniform)}")
    validation.together(uniform=uniform.shape, policy=policy.shape[:-1])
    return (uniform[..., None] >= policy.cumsum(axis=-1)[..., :-1]).sum(axis=-1)


def sample_actions(policy: FloatArray, n_samples: int, *, rng: np.random.Generator) -> np.ndarray:
    """Independent actions drawn from one policy.

    Parameters
    ----------
    policy : array_like, shape (A,)
        Probabilities.
    n_samples : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n_samples,)
    """
    policy = validation.probabilities("policy", policy, ndim=1)
    n_samples = validation.count("n_samples", n_samples)
    actions = validation.generator("rng", rng).choice(policy.size, size=n_samples, p=policy)
    return actions.astype(np.intp)  # NumPy draws 64 bits; what indexes has 32 in a browser


def l1_distance(p: FloatArray, q: FloatArray) -> FloatArray:
    r"""The sum of all differences, :math:`\sum_a |p(a) - q(a)|`, in [0, 2]; (...) from (..., A).

    The leading axes are broadcast.
    """
    p, q = _pair(p, q)
    return np.abs(p - q).sum(axis=-1)


def total_variation(p: FloatArray, q: FloatArray) -> FloatArray:
    r"""The largest difference in the probability of any event, in [0, 1]; (...) from (..., A).

    Half the L1 distance (Levin & Peres 2017, Proposition 4.2).
    """
    return l1_distance(p, q) / 2


def kl_divergence(p: FloatArray, q: FloatArray) -> FloatArray:
    r"""The Kullback-Leibler divergence :math:`\sum_a p(a) \log (p(a) / q(a))`; (...) from (..., A).

    Not negative; infinite if q lacks an action that p takes. The leading axes are broadcast.
    """
    p, q = _pair(p, q)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0)
    return np.maximum(terms.sum(axis=-1), 0.0)


def maximal_coupling(p: FloatArray, q: FloatArray) -> FloatArray:
    r"""A joint law with margins p and q in which the two agree as often as possible.

    The common part :math:`\min(p, q)` stands on the diagonal. What is left over of p and of q is
    combined as if independent; the two have no action in common.

    Parameters
    ----------
    p, q : array_like, shape (A,)
        Probabilities.

    Returns
    -------
    ndarray, shape (A, A)
        ``joint[a, b]``. Its diagonal sums to one minus the total variation, and no joint law with
        these margins does better (Levin & Peres 2017, Proposition 4.7).
    """
    p, q = _pair(p, q, ndim=1)
    common = np.minimum(p, q)
    disagreement = (p - common).sum()
    if disagreement == 0:
        return np.diag(common)
    return np.diag(common) + np.outer(p - common, q - common) / disagreement


def _pair(p: FloatArray, q: FloatArray, ndim: int | None = None) -> tuple[FloatArray, FloatArray]:
    p, q = validation.probabilities("p", p, ndim=ndim), validation.probabilities("q", q, ndim=ndim)
    if p.shape[-1:] != q.shape[-1:]:
        raise ValueError(f"q must have as many actions as p, {p.shape[-1:]}, got {q.shape[-1:]}")
    validation.together(q=q.shape, p=p.shape)
    return p, q
