"""What one run of a check says: proved by symbols, exact up to round-off, or hit by samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import sympy as sp

from pgbook import montecarlo
from pgbook.derivation import Definitions, Derivation, DerivationError
from pgbook.expressions import value_at
from pgbook.montecarlo import Estimate
from pgbook.normal_form import is_identity
from pgbook.validation import FloatArray

SAMPLES = 200_000  # of all evidence from samples
POWER = 20.0
ERROR = "error"


@dataclass(frozen=True)
class Evidence:
    """What one run of a check found.

    `method` is ``symbolic``, ``exact``, ``Monte Carlo`` or, if the check itself broke,
    ``error``; `found` says in one line for what
    generality, with which largest error over how many cases, or with which z-score,
    number of samples and seed; `numbers` holds the same for machines.
    """

    passed: bool
    method: str
    found: str
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Sampled:
    """An estimate from `SAMPLES` samples, the value it must hit, and a wrong one it must miss."""

    estimate: Estimate
    truth: FloatArray
    wrong: FloatArray


def judged(said: Sequence, cases: str, *, tolerance: float, seed: int | None) -> Evidence:
    """Evidence from what a check said of each case.

    Booleans say whether the statement is true, numbers how far off it is; `Sampled` and
    `Evidence` speak for all cases.
    """
    if not said:
        raise ValueError(f"cases must hold at least one, got none of {cases}")
    if isinstance(said[0], Evidence):
        return said[0]
    if isinstance(said[0], Sampled):
        return monte_carlo(said[0], seed=seed)
    if len({np.asarray(value).dtype.kind == "b" for value in said}) > 1:
        raise ValueError("a check must say truths of all cases or errors of all, got both")
    values = np.concatenate([np.ravel(value) for value in said])
    if values.dtype.kind == "b":
        return true_in(values, cases, seed=seed)
    return exact(values, cases, tolerance=tolerance, seed=seed)


def exact(errors: FloatArray, cases: str, *, tolerance: float, seed: int | None) -> Evidence:
    """Evidence that errors are zero up to round-off; `cases` says of what and how many."""
    if np.isnan(errors).any():  # which is no rejection of a mutant
        raise ValueError(f"errors must be numbers, got {errors}")
    error = float(np.max(np.abs(errors)))
    numbers = {"error": error, "tolerance": tolerance, "cases": cases, "seed": seed}
    passed = error <= tolerance
    said = f"error at most {tolerance:.0e}" if passed else f"error {error:.3g}"
    return Evidence(passed, "exact", f"{said}: {_where(cases, seed)}", numbers)


def true_in(truths: FloatArray, cases: str, *, seed: int | None = None) -> Evidence:
    """Evidence that a statement is true in every one of many cases."""
    truths = np.atleast_1d(truths)
    if truths.dtype != bool or not truths.size:
        raise ValueError(f"truths must hold at least one boolean, got {truths!r}")
    wrong, n = int((~truths).sum()), truths.size
    numbers = {"false": wrong, "of": n, "cases": cases, "seed": seed}
    said = "false" if wrong else "true"
    if n > 1:
        said += f" in {wrong:,} of {n:,}" if wrong else f" in all {n:,}"
    return Evidence(wrong == 0, "exact", f"{said}: {_where(cases, seed)}", numbers)


def _where(cases: str, seed: int | None) -> str:
    return cases if seed is None else f"{cases}, seed {seed}"


def monte_carlo(sampled: Sampled, *, seed: int) -> Evidence:
    """Evidence that samples have the right mean, and that they could tell it from the wrong one.

    The largest absolute z over all components must stay below the critical value of the family
    (level 1e-3, Bonferroni), and the wrong target as a whole must be missed: by more than
    20 standard errors in some component.
    """
    targets = (sampled.truth, sampled.wrong)
    z, power = (montecarlo.largest_z(sampled.estimate, target) for target in targets)
    critical = montecarlo.critical_value(np.size(sampled.estimate.mean))
    said = (
        f"largest |z| {z:.2f} against {critical:.2f}; wrong target {power:.0f}; "
        f"N = {SAMPLES:,}, seed {seed}"
    )
    numbers = {"z": z, "critical": critical, "power": power, "samples": SAMPLES, "seed": seed}
    return Evidence(z <= critical and power > POWER, "Monte Carlo", said, numbers)


def symbolic(
    left: sp.Expr,
    right: sp.Expr,
    generality: str,
    *,
    point: Mapping[sp.Basic, object],
    definitions: Definitions | None = None,
) -> Evidence:
    """Evidence that two expressions are equal, by their normal forms.

    If the normal forms differ, the two sides are evaluated at `point`, so that a
    rejection is a proof too. A difference that vanishes there decides nothing and is an
    error.
    """
    if is_identity(left, right, definitions):
        return Evidence(True, "symbolic", f"proved for {generality}", {"generality": generality})
    difference = value_at(left - right, point, definitions)
    if difference == 0 or not difference.is_number:
        raise DerivationError(f"neither proved nor refuted at the point {point}: {left} = {right}")
    return Evidence(False, "symbolic", f"the two sides differ by {difference}", {"at": str(point)})


def proved(
    derive: Callable[[], Derivation],
    claimed: sp.Expr | None = None,
    *,
    generality: str,
    point: Mapping[sp.Basic, object],
) -> Evidence:
    """Evidence that a derivation exists and derives `claimed`, by default its own last line.

    Each step of it was checked when it was made; the ends are compared once more, so that a
    mutant can claim something else.
    """
    derivation = _derived(derive)
    return symbolic(
        derivation.first,
        derivation.last if claimed is None else claimed,
        f"{generality}, in {len(derivation.steps)} steps",
        point=point,
        definitions=derivation.definitions,
    )


@lru_cache(maxsize=256)
def _derived(derive: Callable[[], Derivation]) -> Derivation:
    return derive()
