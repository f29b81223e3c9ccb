"""The ledger of claims: what the sources say, whether it is true, and how we know.

A `Claim` carries *checks*, functions that compute from the objects of the package and
return `Evidence`, and with each check its *mutants*: the same function run on a wrong
variant. A check must pass and each of its mutants must not; a mutant that passes is a
failure of the ledger, for then the check could not tell right from wrong.
"""

import os
import pickle
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import sympy as sp

from pgbook import montecarlo
from pgbook.derivation import Definitions, Derivation, DerivationError, is_identity, value_at
from pgbook.montecarlo import Estimate
from pgbook.validation import FloatArray

LEAST_SAMPLES = 200_000
POWER = 20.0
ERROR = "error"
SHARED = "PGBOOK_SHARED_EVIDENCE"  # environment variable: a folder for the time of one build


class Verdict(StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    ASSUMES = "holds under assumptions"
    CORRECTED = "needs correction"
    ADDED = "added"


class Kind(StrEnum):
    """What sort of correction a claim needs."""

    NOTATION = "notation"
    MISPRINT = "misprint"
    HYPOTHESIS = "missing hypothesis"
    FALSE = "false as stated"
    REASON = "wrong reason (conclusion right)"


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


@dataclass(frozen=True)
class Check:
    """A test of a claim, and wrong variants that the same test must reject, by name."""

    name: str
    run: Callable[[], Evidence]
    mutants: Mapping[str, Callable[[], Evidence]]


@dataclass(frozen=True)
class Claim:
    """One claim of a source document, in our words."""

    id: str
    source: str  # document, section and line
    page: str  # of the book, without its suffix, relative to book/
    statement: str  # Markdown with LaTeX
    verdict: Verdict
    checks: tuple[Check, ...]
    kinds: tuple[Kind, ...] = ()
    holds: str = ""  # what is true instead, or under which assumptions

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.CORRECTED) != bool(self.kinds):
            raise ValueError(
                f"claim {self.id}: kinds must be given exactly for corrections, got {self.kinds}"
            )


@dataclass(frozen=True)
class Outcome:
    """A claim after its checks and mutants were run."""

    claim: Claim
    checks: tuple[tuple[str, Evidence], ...]
    mutants: tuple[tuple[str, Evidence], ...]
    seconds: float

    @property
    def counts(self) -> tuple[str, str]:
        """How many checks passed and how many mutants were rejected, each “of” how many."""
        passed = sum(e.passed for _, e in self.checks)
        rejected = sum(not e.passed for _, e in self.mutants)
        return f"{passed} of {len(self.checks)}", f"{rejected} of {len(self.mutants)}"

    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each check that failed and each mutant that passed."""
        failed = [f"check failed: {name}: {e.found}" for name, e in self.checks if not e.passed]
        passed = [f"mutant passed: {name}: {e.found}" for name, e in self.mutants if e.passed]
        broken = [
            f"mutant broke: {name}: {e.found}" for name, e in self.mutants if e.method == ERROR
        ]
        return (*failed, *passed, *broken)


def read_claims(path: Path, checks: Mapping[str, tuple[Check, ...]]) -> tuple[Claim, ...]:
    """The claims of a TOML file, one table for each id, joined with their checks.

    Raises
    ------
    ValueError
        If a claim has no checks or checks have no claim.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    if single := tables.keys() ^ checks.keys():
        raise ValueError(
            f"claims and checks must have the same ids, got only one of {sorted(single)}"
        )
    return tuple(
        Claim(
            id=name,
            source=table["source"],
            page=table["page"],
            statement=table["statement"],
            verdict=Verdict(table["verdict"]),
            kinds=tuple(Kind(kind) for kind in table.get("kinds", ())),
            holds=table.get("holds", ""),
            checks=checks[name],
        )
        for name, table in tables.items()
    )


def run(claims: Iterable[Claim]) -> Iterator[Outcome]:
    """Run the checks and the mutants of each claim, one claim at a time.

    While a book is built, a claim is needed on its own page and in the ledger. The build names a
    new folder in the environment, `SHARED`; what one page has found there, the next one reads.
    """
    folder = os.environ.get(SHARED)
    for claim in claims:
        shared = Path(folder) / f"{claim.id}.pickle" if folder else None
        if shared and shared.exists():
            yield Outcome(claim, *pickle.loads(shared.read_bytes()))
            continue
        outcome = _run(claim)
        if shared:
            found = pickle.dumps((outcome.checks, outcome.mutants, outcome.seconds))
            with NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(found)
            Path(file.name).replace(shared)  # at once: another page may be reading
        yield outcome


def _run(claim: Claim) -> Outcome:
    start = time.perf_counter()
    checks = tuple((check.name, _evidence(check.run)) for check in claim.checks)
    mutants = tuple(
        (name, _evidence(mutant))
        for check in claim.checks
        for name, mutant in check.mutants.items()
    )
    return Outcome(claim, checks, mutants, time.perf_counter() - start)


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
    difference = value_at(sp.sympify(left) - sp.sympify(right), point, definitions)
    if difference == 0 or not difference.is_number:
        raise DerivationError(f"neither proved nor refuted at the point {point}: {left} = {right}")
    return Evidence(False, "symbolic", f"the two sides differ by {difference}", {"at": str(point)})


def proves(
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
    chain = _derived(derive)
    return symbolic(
        chain.first,
        chain.last if claimed is None else claimed,
        f"{generality}, in {len(chain.steps)} steps",
        point=point,
        definitions=chain.definitions,
    )


@lru_cache(maxsize=256)
def _derived(derive: Callable[[], Derivation]) -> Derivation:
    """A derivation, made once for a check and its mutants."""
    return derive()


def exact(
    errors: FloatArray, cases: str, *, tolerance: float = 1e-12, seed: int | None = None
) -> Evidence:
    """Evidence that errors are zero up to round-off; `cases` says of what and how many."""
    if np.isnan(errors).any():  # which is no rejection of a mutant
        raise ValueError(f"errors must be numbers, got {errors}")
    error = float(np.max(np.abs(errors)))
    numbers = {"error": error, "tolerance": tolerance, "cases": cases, "seed": seed}
    where = cases if seed is None else f"{cases}, seed {seed}"
    if error <= tolerance:
        return Evidence(True, "exact", f"error at most {tolerance:.0e}: {where}", numbers)
    return Evidence(False, "exact", f"error {error:.3g}: {where}", numbers)


def true_in(truths: FloatArray, cases: str, *, seed: int | None = None) -> Evidence:
    """Evidence that a statement is true in every one of many cases."""
    truths = np.atleast_1d(truths)
    if truths.dtype != bool or not truths.size:
        raise ValueError(f"truths must hold at least one boolean, got {truths!r}")
    where = cases if seed is None else f"{cases}, seed {seed}"
    numbers = {"false": int((~truths).sum()), "of": truths.size, "cases": cases, "seed": seed}
    wrong = int((~truths).sum())
    count = f"in {wrong:,} of {truths.size:,}" if truths.size > 1 else ""
    found = f"false {count}" if wrong else f"true in all {truths.size:,}" if count else "true"
    return Evidence(wrong == 0, "exact", f"{found.strip()}: {where}", numbers)


def monte_carlo(
    result: Estimate, truth: FloatArray, *, wrong: FloatArray, n_samples: int, seed: int
) -> Evidence:
    """Evidence that samples have the mean `truth`, and that they could tell it from `wrong`.

    The largest |z| over all components must stay below the critical value of the family
    (level 1e-3, Bonferroni), and the wrong target as a whole must be missed: by more than
    20 standard errors in some component.
    """
    if n_samples < LEAST_SAMPLES:
        raise ValueError(f"n_samples must be at least {LEAST_SAMPLES}, got {n_samples}")
    z, power = (montecarlo.largest_z(result, truth), montecarlo.largest_z(result, wrong))
    critical = montecarlo.critical_value(np.size(result.mean))
    found = (
        f"largest |z| {z:.2f} against {critical:.2f}; wrong target {power:.0f}; "
        f"N = {n_samples:,}, seed {seed}"
    )
    numbers = {"z": z, "critical": critical, "power": power, "samples": n_samples, "seed": seed}
    return Evidence(z <= critical and power > POWER, "Monte Carlo", found, numbers)


def as_text(outcome: Outcome, *, verbose: bool = False) -> str:
    """One line on a claim, one more for each failure; with `verbose`, all the evidence."""
    claim, rejected = outcome.claim, sum(not e.passed for _, e in outcome.mutants)
    passed = sum(e.passed for _, e in outcome.checks)
    lines = [
        f"{claim.id:5} {claim.verdict:24} checks {passed}/{len(outcome.checks)}  "
        f"mutants rejected {rejected}/{len(outcome.mutants)}"
    ]
    if verbose:
        lines += [f"      {e.method}: {name}: {e.found}" for name, e in outcome.checks]
        lines += [f"      mutant: {name}: {e.found}" for name, e in outcome.mutants]
    return "\n".join([*lines, *(f"      FAILURE {failure}" for failure in outcome.failures)])


def as_markdown(outcome: Outcome, *, statement: bool = False) -> str:
    """The verdict on a claim and all the evidence for it; with `statement`, the claim too."""
    claim = outcome.claim
    kinds = f" ({', '.join(claim.kinds)})" if claim.kinds else ""
    lines = [f"**[{claim.id}](#{claim.id.lower()})** {claim.verdict}{kinds}", ""]
    if statement:
        says = "is silent" if claim.verdict is Verdict.ADDED else "says"
        lines += [f"*The source {says}* (document {claim.source}): {claim.statement}", ""]
        lines += [f"*What holds:* {claim.holds or 'the claim as it stands.'}", ""]
    lines += [f"- **failure**: {_escaped(failure)}" for failure in outcome.failures] + [""]
    passed, rejected = outcome.counts
    lines += ["<details><summary>", f"{passed} checks passed, {rejected} mutants rejected"]
    lines += ["</summary>", ""]
    lines += [f"- {name}: *{e.method}*, {_escaped(e.found)}" for name, e in outcome.checks]
    lines += [f"- rejected mutant “{name}”: {_escaped(e.found)}" for name, e in outcome.mutants]
    return "\n".join([*lines, "", "</details>"])


def _escaped(text: str) -> str:
    """Text for Markdown in which two products do not become emphasis."""
    return text.replace("*", r"\*")


def as_table(outcomes: Iterable[Outcome]) -> str:
    """One row a claim: verdict, and how many checks passed and mutants were rejected."""
    lines = ["| claim | verdict | kind | checks | mutants rejected |", "|---|---|---|---|---|"]
    for outcome in outcomes:
        claim, (passed, rejected) = outcome.claim, outcome.counts
        lines.append(
            f"| [{claim.id}](#{claim.id.lower()}) | {claim.verdict} | {', '.join(claim.kinds)} "
            f"| {passed} | {rejected} |"
        )
    return "\n".join(lines)


def as_dict(outcome: Outcome) -> dict[str, object]:
    """An outcome for machines: plain numbers, strings, lists and dictionaries."""
    claim = outcome.claim

    def evidence(found: tuple[tuple[str, Evidence], ...]) -> list[dict[str, object]]:
        return [
            {"name": name, "passed": e.passed, "method": e.method, "found": e.found}
            | {key: _plain(value) for key, value in e.numbers.items()}
            for name, e in found
        ]

    return {
        "id": claim.id,
        "source": claim.source,
        "page": claim.page,
        "statement": claim.statement,
        "verdict": str(claim.verdict),
        "kinds": [str(kind) for kind in claim.kinds],
        "holds": claim.holds,
        "checks": evidence(outcome.checks),
        "mutants": evidence(outcome.mutants),
        "failures": list(outcome.failures),
        "seconds": round(outcome.seconds, 3),
    }


def _plain(value: object) -> object:
    """A number that JSON can hold; it has no infinity and no NaN."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


def _evidence(run: Callable[[], Evidence]) -> Evidence:
    try:
        return run()
    except Exception as error:  # a check that breaks is a finding, and the others still run
        return Evidence(False, ERROR, f"{type(error).__name__}: {error}")
