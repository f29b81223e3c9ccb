"""The ledger of chapter 1: complete, and it notices broken code."""

import pytest

from pgbook import catalogue

IDS = [f"B{n}" for n in range(1, 22) if n != 11] + ["B11a", "B11b", "B11c"]


def test_every_claim_of_the_document_is_there_once():
    found = [claim.id for claim in catalogue.claims() if claim.id.startswith("B")]
    assert sorted(found) == sorted(IDS)


# One line of the package broken at a time: (file, what stands there, what it becomes, claims that
# must notice).
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
        "self.preferences += self.alpha * reward",
        "self.preferences += reward",
        ["B14", "B15"],
    ),
    "gradient without the objective": (
        "policies.py",
        "return policy * (q - expected_reward(policy, q)[..., None])",
        "return policy * q",
        ["B8", "B20"],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_code_fails_the_ledger(name, broken_ledger):
    broken_ledger(*BREAKS[name])
