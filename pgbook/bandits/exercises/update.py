"""Exercises of the page *Update*: sums that vanish, and the covariance of the score."""

import numpy as np

from pgbook import policies
from pgbook.differences import central_differences
from pgbook.exercises import Choice, Function, exercise, mistake


def _policy(rng: np.random.Generator) -> tuple:
    return (rng.dirichlet(np.ones(rng.integers(2, 5))),)


def _slopes(policy: np.ndarray) -> np.ndarray:
    """The scores by differences, one row an arm."""
    return central_differences(policies.log_softmax, np.log(policy))


@exercise(
    "sums",
    "In a row the arm is fixed, and exactly one indicator is 1.",
    "In a column the preference is fixed; $\\sum_a \\pi(a)\\,\\mathbb 1\\{a = j\\} = \\pi(j)$.",
    "One update adds a multiple of one row; the mean update is a weighted sum of all rows.",
    conserved="which sums say that an update conserves the sum of the preferences",
    constant="which sums say that a constant in the rewards changes no mean update",
)
@mistake("These are rows: one arm is pulled, and all preferences change", conserved="columns")
@mistake("A constant is multiplied with the mean score, a sum over arms", constant="rows")
def sums() -> dict:
    """Rows are conserved sums, weighted columns the freedom of a baseline."""
    policy, b = np.array([0.2, 0.3, 0.5]), 7.0
    one_update = abs((b * _slopes(policy)[1]).sum()) < 1e-6
    shifted = np.abs(policy @ (b * _slopes(policy))).max() < 1e-6
    return {
        "conserved": Choice("rows" if one_update else "columns", "rows", "columns"),
        "constant": Choice("columns" if shifted else "rows", "rows", "columns"),
    }


def _covariance(policy: np.ndarray) -> np.ndarray:
    """From the scores by differences, as the definition of a covariance says."""
    centred = _slopes(policy) - policy @ _slopes(policy)
    return np.einsum("a,ai,aj->ij", policy, centred, centred)


@exercise(
    "fisher",
    "The mean of the score is zero, so the covariance is $\\sum_a \\pi(a)\\,\\psi_a\\psi_a^\\top$.",
    "Put $\\psi_a = e_a - \\pi$ and multiply out; two of four terms are alike.",
    covariance="the covariance matrix of the score",
    null="what it sends to zero",
)
@mistake("Without the second part the vector of ones is not sent to zero", covariance=np.diag)
@mistake(
    "The sign is wrong: a variance is not negative",
    covariance=lambda policy: np.outer(policy, policy) - np.diag(policy),
)
@mistake(
    "Each arm must be weighted with its probability",
    covariance=lambda policy: (np.eye(len(policy)) - policy).T @ (np.eye(len(policy)) - policy),
)
@mistake("That is true of the mean score, weighted with the policy", null="the policy")
@mistake("An entry of diag(π) − ππᵀ times this vector is not zero", null="the scores")
def fisher() -> dict:
    """The covariance of the score, and the direction in which it is zero."""
    policy = np.array([0.2, 0.3, 0.5])
    candidates = {"the vector of ones": np.ones(3), "the policy": policy, "the scores": policy**2}
    (null,) = (n for n, v in candidates.items() if np.abs(_covariance(policy) @ v).max() < 1e-9)
    return {
        "covariance": Function(_covariance, _policy),
        "null": Choice(null, *candidates),
    }
