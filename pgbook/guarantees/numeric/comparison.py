r"""Two policies in one problem: the true gain, the surrogate, and lower bounds on the gain.

The old policy is evaluated; of the new one the bounds need only its probabilities.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from pgbook import mdp, policies, validation
from pgbook.mdp import Evaluation
from pgbook.validation import FloatArray, read_only


@dataclass(frozen=True, eq=False)
class Comparison:
    """A new policy (S, A) beside the evaluation of an old one."""

    old: Evaluation
    new_policy: FloatArray

    def __post_init__(self) -> None:
        validation.instance("old", self.old, Evaluation)
        checked = self.old.problem.check_policy(self.new_policy, "new_policy")
        validation.freeze(self, new_policy=checked)

    @cached_property
    def new(self) -> Evaluation:
        """The evaluation of the new policy; only the truth needs it."""
        return mdp.evaluate(self.old.problem, self.new_policy)

    @property
    def gain(self) -> float:
        r"""The truth, :math:`J(\theta') - J(\theta)`."""
        return self.new.objective - self.old.objective

    @cached_property
    def mean_advantages(self) -> FloatArray:
        r"""Old advantages under the new actions, :math:`g(s) = \sum_a \pi'(a|s) A(s, a)`; (S,)."""
        return read_only(np.einsum("sa,sa->s", self.new_policy, self.old.advantages))

    @property
    def surrogate(self) -> float:
        r"""Old states, new actions: :math:`\bar A = \sum_s d_\theta(s)\, g(s)`."""
        return float(self.old.occupancy @ self.mean_advantages)

    @cached_property
    def distances(self) -> FloatArray:
        """Total variation of the two policies in each state; shape (S,)."""
        return read_only(policies.total_variation(self.new_policy, self.old.policy))

    @property
    def epsilon(self) -> float:
        """The largest total variation over all states."""
        return min(float(self.distances.max()), 1.0)  # rounding may add a little

    @property
    def round_off(self) -> float:
        """What floating-point numbers may do to a gain, a surrogate or a bound."""
        scale = max(1.0, np.abs(self.old.problem.reward).max())
        return max(1e-12, 1e-14 / (1 - self.old.problem.discount) ** 2) * scale


def linear_penalty(*, epsilon: float, discount: float, constant: float) -> float:
    r"""The penalty of document 001, :math:`\sum_t \gamma^t\, 2\varepsilon t\, C`."""
    epsilon, discount, constant = _penalty_parameters(epsilon, discount, constant)
    return 2 * epsilon * discount * constant / (1 - discount) ** 2


def penalty(*, epsilon: float, discount: float, constant: float) -> float:
    r"""The same before it is made linear, :math:`\sum_t \gamma^t\, 2 (1 - (1-\varepsilon)^t) C`."""
    epsilon, discount, constant = _penalty_parameters(epsilon, discount, constant)
    stays = 1 - discount * (1 - epsilon)
    return 2 * epsilon * discount * constant / ((1 - discount) * stays)


def _penalty_parameters(
    epsilon: float, discount: float, constant: float
) -> tuple[float, float, float]:
    epsilon = validation.fraction("epsilon", epsilon)
    discount = validation.fraction("discount", discount)
    if discount == 1:
        raise ValueError(f"discount must be below 1, got {discount}")
    return epsilon, discount, validation.not_negative("constant", constant)


def _largest_advantage(pair: Comparison) -> float:
    return np.abs(pair.old.advantages).max()


def _largest_mean(pair: Comparison) -> float:
    return np.abs(pair.mean_advantages).max()


def _half_range(pair: Comparison) -> float:
    return np.ptp(pair.mean_advantages) / 2


def _by_drift(
    pair: Comparison, which: Callable[..., float], size: Callable[[Comparison], float]
) -> float:
    """The penalty where nothing is known of the drift but the largest distance."""
    both = {"epsilon": pair.epsilon, "discount": pair.old.problem.discount}
    return pair.surrogate - which(**both, constant=size(pair))


def _trust_region(pair: Comparison) -> float:
    discount, largest = pair.old.problem.discount, _largest_advantage(pair)
    return pair.surrogate - 4 * discount * pair.epsilon**2 * largest / (1 - discount) ** 2


def _met(pair: Comparison, size: Callable[[Comparison], float]) -> float:
    discount, mean_distance = pair.old.problem.discount, pair.old.occupancy @ pair.distances
    return pair.surrogate - 2 * discount * size(pair) / (1 - discount) * mean_distance


def _largest_kl(pair: Comparison) -> float:
    discount, largest = pair.old.problem.discount, _largest_advantage(pair)
    divergence = policies.kl_divergence(pair.old.policy, pair.new_policy).max()
    return pair.surrogate - 2 * discount * largest * divergence / (1 - discount) ** 2


def _path_kl(pair: Comparison) -> float:
    r"""The divergence of whole trajectories that stop with chance :math:`1 - \gamma` a step."""
    divergences = policies.kl_divergence(pair.old.policy, pair.new_policy)
    met = np.where(pair.old.occupancy > 0, divergences, 0.0)  # what is never met costs nothing
    discount, of_path = pair.old.problem.discount, pair.old.occupancy @ met
    return pair.surrogate - 2 * discount * _half_range(pair) * np.sqrt(of_path / 2) / (1 - discount)


#: Lower bounds on the gain, by name. Crude: C is the largest absolute A, as on the slides; sharp:
#: the largest absolute g, or half of its range (claim G35). Trust region: Schulman et al. 2015,
#: Theorem 1. Distance met: Achiam et al. 2017, Corollary 1. Largest KL: the trust region with
#: Pinsker's inequality; path KL: claim G44.
LOWER_BOUNDS: dict[str, Callable[[Comparison], float]] = {
    "crude, linear": partial(_by_drift, which=linear_penalty, size=_largest_advantage),
    "crude": partial(_by_drift, which=penalty, size=_largest_advantage),
    "sharp": partial(_by_drift, which=penalty, size=_largest_mean),
    "sharp, range": partial(_by_drift, which=penalty, size=_half_range),
    "trust region": _trust_region,
    "distance met": partial(_met, size=_largest_mean),
    "distance met, range": partial(_met, size=_half_range),
    "largest KL": _largest_kl,
    "path KL": _path_kl,
}


def mixture(policy: FloatArray, other: FloatArray, fraction: float) -> FloatArray:
    """The policy that is `fraction` of the way from one to another; (S, A)."""
    policy = validation.probabilities("policy", policy, ndim=2)
    other = validation.probabilities("other", other, ndim=2)
    validation.shaped("other", other, policy.shape)
    fraction = validation.fraction("fraction", fraction)
    return (1 - fraction) * policy + fraction * other


def mixture_bound(far: Comparison, fraction: float) -> float:
    r"""The bound of Kakade & Langford (2002, Theorem 4.1) for a mixture, in unnormalised values.

    .. math:: \beta \bar A - \frac{2 \beta^2 \gamma \max|g|}{(1-\gamma)(1-\gamma(1-\beta))}

    `far` compares with the policy at the far end; :math:`\beta` is the fraction.
    """
    fraction = validation.fraction("fraction", fraction)
    validation.instance("far", far, Comparison)
    constant, discount = fraction * _largest_mean(far), far.old.problem.discount
    lost = penalty(epsilon=fraction, discount=discount, constant=constant)
    return fraction * far.surrogate - lost


def greedy(current: Evaluation) -> FloatArray:
    """The policy that takes the best action in each state, the first of several; (S, A)."""
    validation.instance("current", current, Evaluation)
    best = current.action_values.argmax(axis=1)
    return np.eye(current.problem.n_actions)[best]


def optimal_evaluation(problem: mdp.MDP) -> Evaluation:
    """The evaluation of an optimal policy, by policy iteration from the first action.

    An action is kept unless another is better by more than its value may be rounded; should
    rounding lead back to a policy all the same, that is the end.
    """
    validation.instance("problem", problem, mdp.MDP)
    best, seen = np.zeros(problem.n_states, dtype=int), set()
    while True:
        current = mdp.evaluate(problem, np.eye(problem.n_actions)[best])
        q = current.action_values
        gained = q.max(axis=1) - q[np.arange(problem.n_states), best]
        better = gained > 8 * np.finfo(float).eps * np.abs(q).max()
        if not better.any() or best.tobytes() in seen:
            return current
        seen.add(best.tobytes())
        best = np.where(better, q.argmax(axis=1), best)
