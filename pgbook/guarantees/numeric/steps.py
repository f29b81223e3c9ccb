r"""Steps from an old policy, each the best one in a neighbourhood, for given advantages.

They maximise the mean advantage :math:`g(s) = \sum_a \pi'(a|s) A(s, a)` in each state, or its mean
over the visits; where all advantages of a state are equal they stay. Leading axes are batches; for
states that share a policy pass `pooled` advantages.
"""

from collections.abc import Callable

import numpy as np

from pgbook import mdp, policies, validation
from pgbook.guarantees.numeric.comparison import Comparison, mixture
from pgbook.guarantees.numeric.improvement import safest_fraction
from pgbook.mdp import MDP
from pgbook.validation import FloatArray

HALVINGS, ROUND_OFF = 50, 1e-12
Rule = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def greedy_step(policy: FloatArray, advantages: FloatArray) -> FloatArray:
    """The best action in each state, the first of several; (..., A) as given."""
    policy, advantages = _checked(policy, advantages)
    best = np.eye(policy.shape[-1])[advantages.argmax(axis=-1)]
    return np.where(np.ptp(advantages, axis=-1, keepdims=True) > 0, best, policy)


def best_within_distance(policy: FloatArray, advantages: FloatArray, radius: float) -> FloatArray:
    """The largest mean advantage in a total-variation ball: mass from the worst to the best action.

    Parameters
    ----------
    policy : array_like, shape (..., A)
    advantages : array_like, the same shape
    radius : float
        From 0 to 1.
    """
    policy, advantages = _checked(policy, advantages)
    radius, (order, p, a) = validation.fraction("radius", radius), _ranked(policy, advantages)
    worse = p[..., :-1]
    taken = np.clip(radius - (worse.cumsum(axis=-1) - worse), 0, worse)
    taken = np.where(a[..., :-1] < a[..., -1:], taken, 0.0)
    best = p[..., -1:] + taken.sum(axis=-1, keepdims=True)
    return _unranked(order, np.concatenate([worse - taken, best], axis=-1))


def best_within_ratio(policy: FloatArray, advantages: FloatArray, clip: float) -> FloatArray:
    r"""The largest mean advantage with :math:`1 - c \le \pi'/\pi \le 1 + c`.

    What is better than the median of the advantage under the old policy grows by the factor, what
    is worse shrinks; actions at the median share what is left.

    Parameters
    ----------
    policy : array_like, shape (..., A)
    advantages : array_like, the same shape
    clip : float
        c, from 0 to 1.
    """
    policy, advantages = _checked(policy, advantages)
    clip, (_, p, a) = validation.fraction("clip", clip), _ranked(policy, advantages)
    middle = (p.cumsum(axis=-1) < 0.5 - ROUND_OFF).sum(axis=-1, keepdims=True)
    side = np.sign(advantages - np.take_along_axis(a, middle, axis=-1))
    left = (policy * side).sum(axis=-1, keepdims=True)
    mass = (policy * (side == 0)).sum(axis=-1, keepdims=True)  # positive, for the median has some
    return policy * (1 + clip * np.where(side == 0, -left / mass, side))


def tilted(policy: FloatArray, advantages: FloatArray, rate: float) -> FloatArray:
    r"""The policy with :math:`\pi'(a) \propto \pi(a) e^{\eta A(a)}`.

    No other with a :math:`\mathrm{KL}(\pi' \| \pi)` as small has a larger mean advantage.

    Parameters
    ----------
    policy : array_like, shape (..., A)
    advantages : array_like, the same shape
    rate : float
        :math:`\eta`, not negative; it adds :math:`\eta A` to the preferences (natural gradient).
    """
    policy, advantages = _checked(policy, advantages)
    return _tilted(policy, advantages, validation.not_negative("rate", rate))


def best_within_mean_kl(
    policy: FloatArray, advantages: FloatArray, occupancy: FloatArray, radius: float
) -> FloatArray:
    r"""The largest surrogate with a mean divergence of at most `radius`, the step of TRPO.

    .. math:: \sum_s d(s)\, \mathrm{KL}(\pi' \| \pi)(s) \le \delta \sum_s d(s)

    It is a tilt with one rate for all states, found by bisection. (Schulman et al. 2015 take the
    other order of the two policies; to second order they are the same.)

    Parameters
    ----------
    policy : array_like, shape (..., S, A)
    advantages : array_like, the same shape
    occupancy : array_like, shape (..., S)
        Not negative.
    radius : float
        :math:`\delta`, not negative.
    """
    policy, advantages = _checked(policy, advantages)
    d, radius = _visits(occupancy, policy), validation.not_negative("radius", radius)
    law = d / np.maximum(d.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    spread = np.ptp(advantages, axis=-1).max(axis=-1)
    spread = np.where(spread > 0, spread, 1.0)
    low, high = np.full(spread.shape, -9.0), np.full(spread.shape, 9.0)  # powers of ten
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        new = _tilted(policy, advantages, (10**middle / spread)[..., None, None])
        inside = np.einsum("...s,...s->...", law, policies.kl_divergence(new, policy)) <= radius
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _tilted(policy, advantages, (10**low / spread)[..., None, None])


def clipped_objective(
    policy: FloatArray, new_policy: FloatArray, advantages: FloatArray, clip: float
) -> FloatArray:
    r"""What PPO maximises: :math:`\sum_a \pi \min(\rho A, \mathrm{clip}(\rho, 1 - c, 1 + c) A)`.

    The ratio is :math:`\rho = \pi'/\pi` (Schulman et al. 2017); shape (...) from (..., A).
    """
    policy, advantages = _checked(policy, advantages)
    new = validation.probabilities("new_policy", new_policy)
    validation.shaped("new_policy", new, policy.shape)
    clip = validation.fraction("clip", clip)
    held = np.clip(new, (1 - clip) * policy, (1 + clip) * policy)
    return np.minimum(new * advantages, held * advantages).sum(axis=-1)


def best_clipped(policy: FloatArray, advantages: FloatArray, clip: float) -> FloatArray:
    """A maximiser of the clipped objective, the one that moves least; its distance is at most c.

    Good actions grow by the factor 1 + c, bad ones shrink to 1 - c. What is missing is taken from
    the worst actions, what is left over goes to the best. Parameters as for `best_within_ratio`.
    """
    policy, advantages = _checked(policy, advantages)
    clip, (order, p, a) = validation.fraction("clip", clip), _ranked(policy, advantages)
    rounded = np.abs(a) <= ROUND_OFF * np.abs(a).max(axis=-1, keepdims=True)
    new = p * (1 + clip * np.where(rounded, 0.0, np.sign(a)))
    missing = new.sum(axis=-1, keepdims=True) - 1
    new = new - np.clip(missing - (new.cumsum(axis=-1) - new), 0, new)
    new[..., -1] += np.maximum(-missing[..., 0], 0)
    return _unranked(order, new)


def safe_step(
    policy: FloatArray, advantages: FloatArray, occupancy: FloatArray, discount: float
) -> FloatArray:
    """Towards the greedy policy, as far as *distance met, range* promises most: `safest_fraction`.

    For batches, and for advantages that are not exact; then nothing is certified.

    Parameters
    ----------
    policy : array_like, shape (..., S, A)
    advantages : array_like, the same shape
    occupancy : array_like, shape (..., S)
    discount : float
        From 0 to 1.
    """
    policy, advantages = _checked(policy, advantages)
    d, discount = _visits(occupancy, policy), validation.fraction("discount", discount)
    far = greedy_step(policy, advantages)
    g = np.einsum("...a,...a->...", far, advantages)
    surrogate = np.einsum("...s,...s->...", d, g)
    met = np.einsum("...s,...s->...", d, policies.total_variation(far, policy))
    cost = 2 * discount * np.ptp(g, axis=-1) * met
    best = np.divide(surrogate * (1 - discount), cost, where=cost > 0, out=np.ones(cost.shape))
    fraction = np.clip(best, 0, 1)[..., None, None]
    return (1 - fraction) * policy + fraction * far


def pooled(advantages: FloatArray, occupancy: FloatArray, blocks: np.ndarray) -> FloatArray:
    """Advantages for a policy that cannot tell the states of a block apart; (..., S, A).

    Each state gets the mean advantage of its block, weighted by the visits; a block that is never
    visited gets zero. The surrogate of any policy that is constant on the blocks stays the same.

    Parameters
    ----------
    advantages : array_like, shape (..., S, A)
    occupancy : array_like, shape (..., S)
    blocks : array_like of int, shape (S,)
        The number of the block of each state, from 0 on.
    """
    advantages = validation.real_array("advantages", advantages)
    d = _visits(occupancy, advantages)
    blocks = validation.indices("blocks", blocks, advantages.shape[-2], "blocks")
    validation.shaped("blocks", blocks, advantages.shape[-2:-1])
    member = np.eye(blocks.max() + 1)[blocks]  # (S, B)
    mass = np.einsum("...s,sb->...b", d, member)
    total = np.einsum("...s,...sa,sb->...ba", d, advantages, member)
    mean = total / np.where(mass > 0, mass, 1.0)[..., None]
    return mean[..., blocks, :]


def follow(
    problem: MDP,
    policy: FloatArray,
    rule: Rule,
    n_iterations: int,
    *,
    blocks: np.ndarray | None = None,
    bound: str | None = None,
) -> list[Comparison]:
    """The comparisons of old and new policy along repeated steps, with exact advantages.

    Parameters
    ----------
    problem : MDP
    policy : array_like, shape (S, A)
        The start; with `blocks` the same in all states of a block.
    rule : callable
        Takes policy (S, A), advantages (S, A) and occupancy (S,), and returns the new policy.
    n_iterations : int
    blocks : array_like of int, shape (S,), optional
        Which states share a policy.
    bound : str, optional
        From `BOUNDS`: of each step go only the fraction for which this bound promises most.
    """
    validation.function("rule", rule)
    old, pairs = mdp.evaluate(problem, policy), []  # values: claim G7
    for _ in range(validation.count("n_iterations", n_iterations)):
        advantages = old.advantages
        if blocks is not None:  # what the class of policies can tell apart: G46
            advantages = pooled(advantages, old.occupancy, blocks)
        new = rule(old.policy, advantages, old.occupancy)  # largest surrogate nearby: G20, G45
        if bound is not None:  # how far it is certified to gain: G38, G40
            new = mixture(old.policy, new, safest_fraction(Comparison(old, new), bound))
        pairs.append(Comparison(old, new))  # its gain: the lemma, G9
        old = pairs[-1].new
    return pairs


def _checked(policy: FloatArray, advantages: FloatArray) -> tuple[FloatArray, FloatArray]:
    policy = validation.probabilities("policy", policy)
    advantages = validation.real_array("advantages", advantages)
    return policy, validation.shaped("advantages", advantages, policy.shape)


def _visits(occupancy: FloatArray, table: FloatArray) -> FloatArray:
    d = validation.real_array("occupancy", occupancy)
    if table.ndim < 2 or d.shape != table.shape[:-1] or d.min() < 0:
        raise ValueError(
            f"occupancy must have shape {table.shape[:-1]} with a state axis and not be negative, "
            f"got {validation.shown(d)}"
        )
    return d


def _ranked(
    policy: FloatArray, advantages: FloatArray
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """The order of the actions, the worst first, and both arrays in it."""
    order = advantages.argsort(axis=-1)
    return order, *(np.take_along_axis(array, order, axis=-1) for array in (policy, advantages))


def _unranked(order: np.ndarray, policy: FloatArray) -> FloatArray:
    return np.take_along_axis(policy, order.argsort(axis=-1), axis=-1)


def _tilted(policy: FloatArray, advantages: FloatArray, rate: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):  # an action of probability zero keeps it
        exponent = np.log(policy) + rate * advantages
    weights = np.exp(exponent - exponent.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
