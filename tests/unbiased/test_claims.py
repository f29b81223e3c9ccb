"""The ledger of chapter 2: complete, and it notices broken code."""

import pytest

from pgbook import catalogue

IDS = [f"U{n}" for n in range(1, 22)] + ["U5b", "U15b"]


def test_every_claim_of_the_document_is_there_once():
    found = [claim.id for claim in catalogue.claims() if claim.id.startswith("U")]
    assert sorted(found) == sorted(IDS)


# One line of the package broken at a time: (file, what stands there, what it becomes, claims that
# must notice).
BREAKS = {
    "return without the discount": (
        "mdp/rollouts.py",
        "found[:, t] += discount * found[:, t + 1]",
        "found[:, t] += found[:, t + 1]",
        ["U5", "U7", "U20"],
    ),
    "score without its mean": (
        "mdp/trajectories.py",
        "scores[rows, times, states] = np.eye(n_actions)[actions] - policy[states]",
        "scores[rows, times, states] = np.eye(n_actions)[actions]",
        ["U5"],
    ),
    "score without its sign": (
        "outcomes.py",
        "values = (self.payoffs - b)[:, None] * self.scores",
        "values = (self.payoffs - b)[:, None] * np.abs(self.scores)",
        ["U13", "U17"],
    ),
    "own reward in the others": (
        "outcomes.py",
        "others = (total - f) / (n_samples - 1)",
        "others = total / (n_samples - 1)",
        ["U15b"],
    ),
    "optimal baseline without the squared score": (
        "outcomes.py",
        "self.weights * np.sum(self.scores**2, axis=1)",
        "self.weights * np.sum(np.abs(self.scores), axis=1)",
        ["U15"],
    ),
    "a score of a family": (
        "unbiased/numeric/families.py",
        "lambda x, t: ((x - 1) ** 2 / t**2 - 1) / t,",
        "lambda x, t: ((x - 1) ** 2 / t**2) / t,",
        ["U14"],
    ),
    "rewards of the wrong mean": (
        "unbiased/numeric/sampling.py",
        "gap = q - b + sums / some",
        "gap = q - b - 1 + sums / some + policy",
        ["U13", "U15"],
    ),
    "returns that are not those of the trajectory": (
        "mdp/rollouts.py",
        "found = rewards.copy()",
        "found = rewards + 1.0",
        ["U7", "U10"],
    ),
    "a loss without its rewards": (
        "unbiased/numeric/losses.py",
        "factors = (reward, np.ones_like(reward), log_reward * probability)",
        "factors = (np.ones_like(reward), np.ones_like(reward), log_reward * probability)",
        ["U4"],
    ),
    "entropy without its mean": (
        "unbiased/numeric/entropy.py",
        "return -policy * (np.log(policy) + entropy(policy))",
        "return -policy * np.log(policy)",
        ["U19"],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_code_fails_the_ledger(name, broken_ledger):
    broken_ledger(*BREAKS[name])
