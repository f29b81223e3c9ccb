"""What the claims of the chapter are tried on: policies of bandits and short decision problems."""

import numpy as np

from pgbook import mdp
from pgbook.cases import bandits
from pgbook.ledger import Cases
from pgbook.mdp import MDP
from pgbook.policies import softmax
from pgbook.validation import FloatArray

NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)  # on (-1, 1)


def policies_and_values(n_cases: int, seed: int, text: str) -> Cases:
    """Policies and action values of random bandits."""
    family = bandits(n_cases, seed, text)
    return Cases(family.text, lambda _: [(softmax(h), q) for h, q in family.drawn], seed)


def problems(n_cases: int, seed: int, text: str) -> Cases:
    """Problems with 1 to 3 states, 2 or 3 actions and 2 or 3 steps, and preferences for each."""

    def draw(rng):
        for _ in range(n_cases):
            n_states, n_actions = rng.integers(1, 4), rng.integers(2, 4)
            problem = MDP(
                rng.dirichlet(np.ones(n_states), size=(n_states, n_actions)),
                rng.uniform(-1, 1, size=(n_states, n_actions)),
                rng.dirichlet(np.ones(n_states)),
                rng.uniform(0, 1),
                int(rng.integers(2, 4)),
            )
            yield problem, rng.normal(size=(n_states, n_actions))

    return Cases(text, draw, seed)


def all_paths(problem: MDP, preferences: FloatArray) -> mdp.Trajectories:
    """All trajectories under the softmax policy of preferences (S, A)."""
    return mdp.trajectories(problem, problem.softmax(preferences))


def at(problem: MDP, preferences: FloatArray) -> mdp.StepEvaluation:
    """The evaluation of the softmax policy of preferences (S, A)."""
    return mdp.evaluate_steps(problem, problem.softmax(preferences))


#: Estimators along listed trajectories, named as those of `proofs.proof.COIN_ESTIMATORS`.
ESTIMATORS = {
    "single time": mdp.Trajectories.single_time,
    "full score": mdp.Trajectories.full_score,
    "reward to go": mdp.Trajectories.reward_to_go,
    "no discount": lambda paths: paths.reward_to_go(discounted=False),
}
