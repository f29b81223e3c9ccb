"""The ledger notices broken code: one line of the package at a time."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What is broken: (file, what stands there, what it becomes, claims that must notice).
BREAKS = {
    "softmax sums the wrong axis": (
        "policies.py",
        "return weights / weights.sum(axis=-1, keepdims=True)",
        "return weights / weights.max(axis=-1, keepdims=True)",
        ["B3", "B4", "B5"],
    ),
    "softmax without the shift": (
        "policies.py",
        "weights = np.exp(h - h.max(axis=-1, keepdims=True))\n    return",
        "weights = np.exp(h)\n    return",
        ["B4"],
    ),
    "score with the wrong sign": (
        "policies.py",
        "return np.eye(policy.size) - policy",
        "return np.eye(policy.size) + policy",
        ["B8", "B9", "B14"],
    ),
    "score of the pulled arm in every component": (
        "policies.py",
        "return np.eye(policy.size) - policy",
        "return np.eye(policy.size) - policy[:, None]",
        ["B9", "B15"],
    ),
    "update without the step size": (
        "bandits/numeric/agent.py",
        "self.preferences + self.alpha * reward",
        "self.preferences + reward",
        ["B14", "B15"],
    ),
    "gradient without the objective": (
        "policies.py",
        'return policy * (q - np.einsum("...a,...a->...", policy, q)[..., None])',
        "return policy * q",
        ["B8", "B20"],
    ),
    "return without the discount": (
        "mdp/rollouts.py",
        "returns[:, t] += discount * returns[:, t + 1]",
        "returns[:, t] += returns[:, t + 1]",
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
        'returns = validation.real_array("rewards", rewards, ndim=2)',
        'returns = validation.real_array("rewards", rewards, ndim=2) + 1.0',
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
        "return -policy * (logs - policy @ logs)",
        "return -policy * logs",
        ["U19"],
    ),
    "visits of the old policy in the gain": (
        "guarantees/numeric/comparison.py",
        "return mdp.evaluate(self.old.problem, self.new_policy)",
        "return mdp.evaluate(self.old.problem, self.old.policy)",
        ["G10", "G42"],
    ),
    "surrogate under the old actions": (
        "guarantees/numeric/comparison.py",
        'np.einsum("sa,sa->s", self.new_policy, self.old.advantages)',
        'np.einsum("sa,sa->s", self.old.policy, self.old.advantages)',
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
        "best = current.action_values.argmax(axis=1)",
        "best = current.action_values.argmin(axis=1)",
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
        "mdp/chain.py",
        "laws.append(self.onward(laws[-1]))",
        "laws.append(self.onward(laws[0]))",
        ["G26", "G28"],
    ),
    "the gradient without the visits": (
        "mdp/evaluation.py",
        "self.occupancy[:, None] * self.policy * self.advantages",
        "self.policy * self.advantages",
        ["G20b"],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_code_fails_the_ledger(name, tmp_path):
    file, old, new, ids = BREAKS[name]
    shutil.copytree(ROOT / "pgbook", tmp_path / "pgbook")
    path = tmp_path / "pgbook" / file
    assert path.read_text().count(old) == 1, "the line to break is gone"
    path.write_text(path.read_text().replace(old, new))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pgbook", "check", *ids]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 1, result.stdout + result.stderr
    for claim in ids:
        failure = rf"^{claim} .*\n +FAILURE"
        assert re.search(failure, result.stdout, re.MULTILINE), result.stdout
