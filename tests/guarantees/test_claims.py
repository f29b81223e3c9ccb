"""The ledger of chapter 3: complete, and it notices broken code."""

import pytest

from pgbook import catalogue

IDS = [f"G{n}" for n in range(1, 43)] + ["G4b", "G4c", "G20b", "G25b"]


def test_every_claim_of_the_document_is_there_once():
    found = [claim.id for claim in catalogue.claims() if claim.id.startswith("G")]
    assert sorted(found) == sorted(IDS)


# One line of the package broken at a time: (file, what stands there, what it becomes, claims that
# must notice).
BREAKS = {
    "visits of the old policy in the gain": (
        "guarantees/numeric/comparison.py",
        "return mdp.evaluate(self.old.problem, self.new_policy)",
        "return mdp.evaluate(self.old.problem, self.old.policy)",
        ["G10", "G42"],
    ),
    "surrogate under the old actions": (
        "guarantees/numeric/comparison.py",
        'return np.einsum("sa,sa->s", self.new_policy, self.old.advantages)',
        'return np.einsum("sa,sa->s", self.old.policy, self.old.advantages)',
        ["G11", "G20"],
    ),
    "a quarter of the penalty": (
        "guarantees/numeric/comparison.py",
        "return 2 * epsilon * discount * constant / ((1 - discount) * stays)",
        "return epsilon * discount * constant / ((1 - discount) * stays) / 2",
        ["G39", "G40"],
    ),
    "the mean distance in place of the largest": (
        "guarantees/numeric/comparison.py",
        "return min(float(self.distances.max()), 1.0)",
        "return min(float(self.distances.mean()), 1.0)",
        ["G40"],
    ),
    "the worst action": (
        "guarantees/numeric/comparison.py",
        "best = evaluation.action_values.argmax(axis=1)",
        "best = evaluation.action_values.argmin(axis=1)",
        ["G7"],
    ),
    "one step less in the drift": (
        "guarantees/numeric/shift.py",
        "2 * (1 - (1 - epsilon) ** times),",
        "2 * (1 - (1 - epsilon) ** (times - 1)),",
        ["G26"],
    ),
    "the distance met a step late": (
        "guarantees/numeric/shift.py",
        "np.concatenate([[0.0], met[:-1]]),",
        "np.concatenate([[0.0, 0.0], met[:-2]]),",
        ["G34"],
    ),
    "the larger of two probabilities is common": (
        "guarantees/numeric/shift.py",
        "common = np.minimum(problem.check_policy(policy)",
        "common = np.maximum(problem.check_policy(policy)",
        ["G33"],
    ),
    "losses of the next step": (
        "guarantees/numeric/shift.py",
        "losses = np.cumsum(fallen)[horizons - 1]",
        "losses = fallen[horizons - 1]",
        ["G39"],
    ),
    "a variance without its denominator": (
        "guarantees/numeric/weights.py",
        "return float(np.sum((p[some] - q[some]) ** 2 / q[some]))",
        "return float(np.sum((p[some] - q[some]) ** 2))",
        ["G19", "G41"],
    ),
    "a second state that forgives": (
        "guarantees/numeric/pitfalls.py",
        'return p - (1 + validation.real("cost", cost)) * p**2',
        'return p + (1 + validation.real("cost", cost)) * p**2',
        ["G22"],
    ),
    "the L1 distance in place of half of it": (
        "policies.py",
        "return l1_distance(p, q) / 2",
        "return l1_distance(p, q)",
        ["G26", "G32"],
    ),
    "independent draws in place of the coupling": (
        "policies.py",
        "return np.diag(common) + np.outer(p - common, q - common) / disagreement",
        "return np.outer(p, q)",
        ["G30", "G32"],
    ),
    "values without the discount": (
        "mdp/evaluation.py",
        "problem.reward + problem.discount * problem.expected_next(values),",
        "problem.reward + problem.expected_next(values),",
        ["G9", "G16"],
    ),
    "laws that stay at the start": (
        "mdp/evaluation.py",
        "laws.append(chain.onward(laws[-1]))",
        "laws.append(chain.onward(laws[0]))",
        ["G26", "G28"],
    ),
    "the gradient without the visits": (
        "mdp/evaluation.py",
        "return self.occupancy[:, None] * self.policy * self.advantages",
        "return self.policy * self.advantages",
        ["G20b"],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_code_fails_the_ledger(name, broken_ledger):
    broken_ledger(*BREAKS[name])
