"""How fast is a full evaluation of a policy on ten thousand states? Certified against plain sweeps.

    make bench

Values, action values, advantages, objective, occupancy and gradient of the uniform policy on a
random problem with successor lists. Plain sweeps start at zero and stop when what is left is below
the tolerance in the worst case; they are written with fancy indexing and `bincount`, once over all
actions in each sweep, as the textbook has it, and once over the chain of the policy, folded before
and with arrays that are made once. All must agree within the certified errors, and the certificate
must be below the tolerance, before a time is printed. The table goes to `benchmarks/evaluation.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from timing import in_rounds, write_table

from pgbook import mdp

STATES, ACTIONS, SUCCESSORS, DISCOUNT, TOLERANCE = 10_000, 4, 5, 0.99, 1e-10
PROBLEM = mdp.garnet(STATES, ACTIONS, SUCCESSORS, DISCOUNT, rng=np.random.default_rng(0))
POLICY = np.full((STATES, ACTIONS), 1 / ACTIONS)


@dataclass(frozen=True, eq=False)
class Swept:
    """What a program without certificates finds."""

    state_values: np.ndarray
    action_values: np.ndarray
    advantages: np.ndarray
    objective: float
    occupancy: np.ndarray
    gradient: np.ndarray


def with_sweeps(_: int) -> Swept:
    """Iterative policy evaluation (Sutton and Barto 2018, section 4.1), and the same for laws."""
    law, listed, reward = PROBLEM.transition, PROBLEM.successors, PROBLEM.reward

    def values_before(values: np.ndarray) -> np.ndarray:
        return (POLICY * (reward + DISCOUNT * (law * values[listed]).sum(axis=2))).sum(axis=1)

    def arriving(occupancy: np.ndarray) -> np.ndarray:
        weights = (occupancy[:, None] * POLICY)[:, :, None] * law
        return np.bincount(listed.ravel(), weights.ravel(), minlength=STATES)

    return _swept(values_before, arriving)


def with_folded_sweeps(_: int) -> Swept:
    """The same on the chain of the policy: its mean rewards and one list of successors a state.

    Arrays are made once; how long new ones take depends on the allocator's luck.
    """
    rows = (POLICY[:, :, None] * PROBLEM.transition).reshape(STATES, -1)
    listed = PROBLEM.successors.reshape(STATES, -1)
    reward, products = (POLICY * PROBLEM.reward).sum(axis=1), np.empty_like(rows)

    def values_before(values: np.ndarray) -> np.ndarray:
        np.take(values, listed, out=products, mode="clip")
        np.multiply(products, rows, out=products)
        return reward + DISCOUNT * products.sum(axis=1)

    def arriving(occupancy: np.ndarray) -> np.ndarray:
        np.multiply(occupancy[:, None], rows, out=products)
        return np.bincount(listed.ravel(), products.ravel(), minlength=STATES)

    return _swept(values_before, arriving)


def _swept(values_before: Callable, arriving: Callable) -> Swept:
    law, listed, reward = PROBLEM.transition, PROBLEM.successors, PROBLEM.reward
    values = np.zeros(STATES)
    while True:
        before, values = values, values_before(values)
        if DISCOUNT / (1 - DISCOUNT) * np.abs(values - before).max() <= TOLERANCE:
            break
    occupancy = np.zeros(STATES)
    while True:
        before, occupancy = occupancy, PROBLEM.start + DISCOUNT * arriving(occupancy)
        if DISCOUNT / (1 - DISCOUNT) * np.abs(occupancy - before).sum() <= TOLERANCE:
            break
    q = reward + DISCOUNT * (law * values[listed]).sum(axis=2)
    advantages = q - values[:, None]
    gradient = occupancy[:, None] * POLICY * advantages
    return Swept(values, q, advantages, float(PROBLEM.start @ values), occupancy, gradient)


def with_pgbook(_: int) -> mdp.Evaluation:
    """All of it with bounds on the errors."""
    found = mdp.evaluate(PROBLEM, POLICY, tolerance=TOLERANCE)
    _ = found.advantages, found.objective, found.gradient
    return found


OURS = "`mdp.evaluate`, with certificates"
IMPLEMENTATIONS: dict[str, Callable[[int], Swept | mdp.Evaluation]] = {
    "plain sweeps": with_sweeps,
    "plain sweeps, folded, arrays reused": with_folded_sweeps,
    OURS: with_pgbook,
}


def check(swept: Swept, ours: mdp.Evaluation) -> None:
    """Stop unless the certificates hold what was asked, and both agree within them."""
    certified = max(ours.value_error, ours.occupancy_error)
    if certified > TOLERANCE:
        raise SystemExit(f"certified is only an error of {certified:.1e}")
    allowed = {  # by the largest error, or by their sum
        "state_values": (np.max, TOLERANCE + ours.value_error),
        "action_values": (np.max, TOLERANCE + ours.value_error),
        "advantages": (np.max, 2 * (TOLERANCE + ours.value_error)),
        "objective": (np.max, TOLERANCE + ours.value_error),
        "occupancy": (np.sum, TOLERANCE + ours.occupancy_error),
        "gradient": (
            np.sum,
            ours.gradient_error + TOLERANCE * (2 / (1 - DISCOUNT) + np.abs(ours.advantages).max()),
        ),
    }
    for name, (norm, most) in allowed.items():
        distance = norm(np.abs(getattr(swept, name) - getattr(ours, name)))
        if not distance <= most:
            raise SystemExit(f"{name} differs by {distance:.1e}, more than {most:.1e}")


def main() -> None:
    """Measure, check, print and write the table."""
    medians, results = in_rounds(IMPLEMENTATIONS)
    ours = results[OURS][0]
    certified = {}
    for name, (swept, *_) in results.items():
        if name != OURS:
            check(swept, ours)
            certified[name] = ["none"] * 2
    certified[OURS] = [f"{ours.value_error:.0e}", f"{ours.occupancy_error:.0e}"]
    rows = [
        [name, f"{1e3 * seconds:.1f}", f"{seconds / medians[OURS]:.1f}", *certified[name]]
        for name, seconds in medians.items()
    ]
    columns = [
        "implementation", "milliseconds", "relative",
        "certified error of values (largest)", "of the occupancy (sum)",
    ]  # fmt: skip
    what = (
        f"Full evaluation of the uniform policy, {STATES:,} states, {ACTIONS} actions, "
        f"{SUCCESSORS} successors, discount {DISCOUNT}, tolerance {TOLERANCE:.0e}"
    )
    write_table(__file__, what, columns, rows)


if __name__ == "__main__":
    main()
