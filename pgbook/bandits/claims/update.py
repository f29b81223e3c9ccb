"""The score and the update: claims B8, B9, B11, B14, B15 and B16."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, montecarlo, policies
from pgbook.bandits import numeric, symbolic
from pgbook.bandits.claims.common import PREFERENCES, VALUES, N, proves
from pgbook.ledger import Check, Evidence
from pgbook.symbols import J, a, j, pi, q, same
from pgbook.validation import FloatArray

STEP = 1e-5  # of central differences; smaller is worse, round-off grows


def _random_bandits(n_cases: int, seed: int) -> list[tuple[FloatArray, FloatArray]]:
    """Preferences and action values of random bandits with 2 to 8 arms."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 9, size=n_cases)
    return [(rng.normal(size=n), rng.normal(size=n)) for n in sizes]


def _central_differences(function: Callable, at: FloatArray) -> FloatArray:
    """Derivatives of a function of a vector; shape (..., A)."""
    steps = STEP * np.eye(at.size)
    return np.stack(
        [(function(at + step) - function(at - step)) / (2 * STEP) for step in steps], axis=-1
    )


def gradient_by_differences(gradient: Callable = numeric.policy_gradient) -> Evidence:
    """The closed form against central differences of the objective."""
    errors = [
        np.max(
            np.abs(
                gradient(policies.softmax(h), q)
                - _central_differences(
                    lambda h, q=q: numeric.expected_reward(policies.softmax(h), q), h
                )
            )
        )
        for h, q in _random_bandits(500, seed=201)
    ]
    return ledger.exact(errors, "500 bandits, 2 to 8 arms", tolerance=1e-9, seed=201)


def gradient_by_enumeration(gradient: Callable = numeric.policy_gradient) -> Evidence:
    """The closed form against the mean of the score estimate, summed over the arms."""
    errors = [
        np.max(
            np.abs(
                gradient(policies.softmax(h), q) - numeric.estimator_mean(policies.softmax(h), q)
            )
        )
        for h, q in _random_bandits(2000, seed=202)
    ]
    return ledger.exact(errors, "2,000 bandits, 2 to 8 arms", seed=202)


def gradient_by_samples(gradient: Callable = numeric.policy_gradient) -> Evidence:
    """The mean of sampled score estimates with noisy rewards against the closed form."""
    rng, policy = np.random.default_rng(203), policies.softmax(PREFERENCES)
    arms = policies.sample_actions(policy, N, rng=rng)
    rewards = VALUES[arms] + 0.5 * rng.standard_normal(N)
    return ledger.monte_carlo(
        montecarlo.estimate(numeric.score_estimates(policy, arms, rewards)),
        gradient(policy, VALUES),
        wrong=policy * VALUES,
        n_samples=N,
        seed=203,
    )


def _uncentred(policy: FloatArray, action_values: FloatArray) -> FloatArray:
    return policy * action_values


def score_by_differences(score: Callable = policies.score) -> Evidence:
    """The score against central differences of the log-probabilities."""
    errors = [
        np.max(np.abs(score(policies.softmax(h)) - _central_differences(policies.log_softmax, h)))
        for h, _ in _random_bandits(500, seed=204)
    ]
    return ledger.exact(errors, "500 policies, 2 to 8 arms", tolerance=1e-9, seed=204)


def misread_score(policy: FloatArray) -> FloatArray:
    """The cases formula with the pulled arm's probability in every component."""
    return np.eye(policy.size) - policy[:, None]


def three_arm_entry(row: int, column: int, claimed: sp.Expr | None = None) -> Evidence:
    """One derivative of the three-armed example, arms 1 to 3."""
    derivatives, stated = symbolic.three_arms()
    claimed = stated[row - 1, column - 1] if claimed is None else claimed
    p1, p2, p3 = sp.symbols(r"\pi_1:4", positive=True)
    point = {p1: sp.Rational(1, 4), p2: sp.Rational(1, 3), p3: sp.Rational(5, 12)}
    return ledger.symbolic(derivatives[row - 1, column - 1], claimed, "three arms", point=point)


def three_arm_table(stated: Callable = lambda: symbolic.three_arms()[1]) -> Evidence:
    """All nine derivatives of the three-armed example."""
    equal = np.array(symbolic.three_arms()[0] - stated()) == 0
    return ledger.true_in(equal, "all nine derivatives, by SymPy")


def _steps(n_cases: int, seed: int) -> list[tuple[FloatArray, int, float, float]]:
    """Random preferences, arm, reward and step size."""
    rng = np.random.default_rng(seed)
    return [
        (h, int(rng.integers(h.size)), float(rng.normal(scale=2)), float(rng.uniform(0.05, 1)))
        for h, _ in _random_bandits(n_cases, seed)
    ]


def agent_update(preferences: FloatArray, arm: int, reward: float, step_size: float) -> FloatArray:
    """One update of the book's agent, as a function."""
    agent = numeric.GradientBandit(
        preferences.size, step_size, rng=np.random.default_rng(0), preferences=preferences
    )
    agent.update(arm, reward)
    return agent.preferences


def conserves_sum(update: Callable = agent_update) -> Evidence:
    """A thousand updates in a row leave the sum of the preferences as it was."""
    rng, h = np.random.default_rng(205), np.zeros(5)
    for _ in range(1000):
        h = update(h, int(rng.integers(5)), float(rng.normal()), 0.1)
    return ledger.exact(h.sum(), "1,000 updates of five arms", seed=205)


def mean_update(update: Callable = agent_update, later: float = 0.0) -> Evidence:
    """The mean of one update over the arms is the step size times the gradient.

    `later` moves the preferences between drawing the arm and the update.
    """
    errors = []
    for h, values in _random_bandits(300, seed=206):
        policy, moved = policies.softmax(h), h + later * np.arange(h.size)
        changes = [update(moved, arm, values[arm], 0.3) - moved for arm in range(h.size)]
        errors.append(
            np.max(np.abs(policy @ changes - 0.3 * numeric.policy_gradient(policy, values)))
        )
    return ledger.exact(errors, "300 bandits, all arms", seed=206)


@lru_cache
def _symbolic_update(n_arms: int, arm: int) -> Callable:
    """The update as a NumPy function of preferences, reward and step, differentiated by SymPy."""
    h, reward, step = sp.symbols(f"h0:{n_arms}"), sp.Symbol("r"), sp.Symbol("alpha")
    log_policy = h[arm] - sp.log(sp.Add(*(sp.exp(entry) for entry in h)))
    change = [entry + step * reward * sp.diff(log_policy, entry) for entry in h]
    return sp.lambdify([h, reward, step], change, "numpy")


def update_by_sympy(update: Callable = agent_update) -> Evidence:
    """One update against the update that SymPy differentiates."""
    errors = [
        np.max(
            np.abs(update(h, arm, reward, step) - _symbolic_update(h.size, arm)(h, reward, step))
        )
        for h, arm, reward, step in _steps(300, seed=207)
    ]
    return ledger.exact(errors, "300 updates, 2 to 8 arms", seed=207)


def refuses_integers(make: Callable | None = None) -> Evidence:
    """Integer preferences are refused, with the reason, before anything is learned."""
    make = make or (
        lambda h: numeric.GradientBandit(3, 0.1, rng=np.random.default_rng(0), preferences=h)
    )
    try:
        make(np.zeros(3, dtype=int))
        return ledger.true_in(np.array(False), "preferences of dtype int64")
    except TypeError as error:
        return ledger.true_in(np.array("dtype" in str(error)), "preferences of dtype int64")


def vector_form(change: Callable | None = None) -> Evidence:
    """One vector equation says the same as a component equation for every arm."""
    change = change or (lambda policy, arm: np.eye(policy.size)[arm] - policy)
    errors = []
    for h, arm, reward, step in _steps(300, seed=208):
        found = h + step * reward * change(policies.softmax(h), arm)
        errors.append(np.max(np.abs(found - agent_update(h, arm, reward, step))))
    return ledger.exact(errors, "300 updates, 2 to 8 arms", seed=208)


def _late_softmax(preferences, arm, reward, step_size):
    """The update with the policy of the already updated preferences."""
    after = agent_update(preferences, arm, reward, step_size)
    return preferences + step_size * reward * policies.score(policies.softmax(after))[arm]


def _pulled_arm_only(preferences, arm, reward, step_size):
    changed = preferences.copy()
    changed[arm] += step_size * reward * (1 - policies.softmax(preferences)[arm])
    return changed


def _three_arm_check(column: int) -> Check:
    p = sp.symbols(r"\pi_1:4", positive=True)
    swapped = int(column == 1) - p[column % 3]
    return Check(
        "the printed derivative",
        partial(three_arm_entry, 1, column),
        {
            "sign": partial(three_arm_entry, 1, column, p[column - 1]),
            "probability of the next arm": partial(three_arm_entry, 1, column, swapped),
        },
    )


UPDATE = {
    "B8": (
        Check(
            "gradient by the quotient rule",
            partial(proves, symbolic.gradient_by_quotient_rule),
            {
                "without subtracting J": partial(
                    proves, symbolic.gradient_by_quotient_rule, pi[j] * q[j]
                )
            },
        ),
        Check(
            "gradient by the score",
            partial(proves, symbolic.gradient_by_score),
            {"without the factor": partial(proves, symbolic.gradient_by_score, q[j] - J)},
        ),
        Check(
            "central differences",
            gradient_by_differences,
            {"without subtracting J": partial(gradient_by_differences, _uncentred)},
        ),
        Check(
            "enumeration of the arms",
            gradient_by_enumeration,
            {"without subtracting J": partial(gradient_by_enumeration, _uncentred)},
        ),
        Check(
            "sampled rewards with noise",
            gradient_by_samples,
            {"without subtracting J": partial(gradient_by_samples, _uncentred)},
        ),
    ),
    "B9": (
        Check(
            "the score",
            partial(proves, symbolic.score),
            {
                "the pulled arm's probability in each": partial(
                    proves, symbolic.score, same(a, j) - pi[a]
                )
            },
        ),
        Check(
            "central differences",
            score_by_differences,
            {"the pulled arm's probability in each": partial(score_by_differences, misread_score)},
        ),
    ),
    "B11a": (_three_arm_check(1),),
    "B11b": (_three_arm_check(2),),
    "B11c": (
        _three_arm_check(3),
        Check(
            "all nine derivatives, not only the printed three",
            three_arm_table,
            {"transposed": partial(three_arm_table, lambda: symbolic.three_arms()[1].T)},
        ),
    ),
    "B14": (
        Check(
            "the changes sum to zero",
            partial(proves, symbolic.conserved_sum),
            {
                "the pulled arm alone": partial(
                    proves, symbolic.conserved_sum, symbolic.alpha * symbolic.R * (1 - pi[a])
                )
            },
        ),
        Check(
            "the sum after many updates",
            conserves_sum,
            {
                "one arm after the other": partial(conserves_sum, numeric.sequential_update),
                "the pulled arm alone": partial(conserves_sum, _pulled_arm_only),
            },
        ),
        Check(
            "the mean update, arm by arm",
            mean_update,
            {
                "one arm after the other": partial(mean_update, numeric.sequential_update),
                "preferences moved after the draw": partial(mean_update, later=0.1),
            },
        ),
    ),
    "B15": (
        Check(
            "the update that SymPy differentiates",
            update_by_sympy,
            {
                "policy from after the update": partial(update_by_sympy, _late_softmax),
                "one arm after the other": partial(update_by_sympy, numeric.sequential_update),
                "the pulled arm alone": partial(update_by_sympy, _pulled_arm_only),
            },
        ),
        Check(
            "integer preferences are refused",
            refuses_integers,
            {"an agent that converts them": partial(refuses_integers, lambda h: h.astype(float))},
        ),
    ),
    "B16": (
        Check(
            "vector form against the agent",
            vector_form,
            {
                "the pulled arm's component for all": partial(
                    vector_form, lambda policy, arm: 1 - policy[arm]
                )
            },
        ),
    ),
}
