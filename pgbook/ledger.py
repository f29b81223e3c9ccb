"""The ledger of claims: what the sources say, whether it is true, and how we know.

A check is a function that judges *one* case. `check` puts it under its claim with the family of
cases that it is tried on, and `wrong` names its *mutants*: the same function with one argument
changed. `proves` does the same for a derivation, whose mutants claim another last line. A check
must pass and each of its mutants must not; a mutant that passes is a failure of the ledger,
for then the check could not tell right from wrong.
"""

import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial
from types import ModuleType

import numpy as np
import sympy as sp

from pgbook import evidence
from pgbook.derivation import Derivation
from pgbook.evidence import ERROR, Evidence


class Verdict(StrEnum):
    """What became of a claim."""

    #: True as it stands.
    HOLDS = "holds"
    #: True under assumptions that the source does not name.
    ASSUMES = "holds under assumptions"
    #: Not true as it stands; the claim says what is.
    CORRECTED = "needs correction"
    #: Not in the source.
    ADDED = "added"


class Kind(StrEnum):
    """What sort of correction a claim needs."""

    NOTATION = "notation"
    MISPRINT = "misprint"
    HYPOTHESIS = "missing hypothesis"
    FALSE = "false as stated"
    REASON = "wrong reason (conclusion right)"


@dataclass(frozen=True)
class Check:
    """A test of a claim, and wrong variants that the same test must reject, by name."""

    name: str
    function: str  # the function that judges or derives, with its module
    run: Callable[[], Evidence]
    mutants: Mapping[str, Callable[[], Evidence]]


@dataclass(frozen=True)
class Claim:
    """One claim of a source document, in our words."""

    id: str
    title: str  # a few words, with those of its correction if it has one
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
class CheckedClaim:
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


@dataclass(frozen=True)
class Cases:
    """A family of cases: what they are, the cases themselves, and the seed they are drawn with.

    `source` is a list, or a function that makes it: of the generator with that seed, or without
    a seed of nothing. Of a case that is a tuple each entry is an argument of a check.
    """

    text: str
    source: Iterable | Callable[..., Iterable]
    seed: int | None = None

    @cached_property
    def drawn(self) -> tuple:
        """All cases, drawn once."""
        if not callable(self.source):
            return tuple(self.source)
        given = () if self.seed is None else (np.random.default_rng(self.seed),)
        return tuple(self.source(*given))

    def named(self, text: str, n: int | None = None) -> "Cases":
        """The same cases under another name, or the first n of them."""
        return Cases(text, lambda *_: self.drawn[:n], self.seed)


def drawn(text: str, seed: int | None = None) -> Callable[[Callable[..., Iterable]], Cases]:
    """Make a family of cases of the function below, which draws them from a generator."""
    return lambda draw: Cases(text, draw, seed)


def check(
    claim: str,
    name: str,
    /,
    cases: Cases | str = "",
    *,
    seed: int | None = None,
    tolerance: float = 1e-12,
    **given: object,
) -> Callable[[Callable], Callable]:
    """Put the function below under a claim; between the two stand its wrong variants.

    The function takes a case, and says whether the statement is true of it (booleans) or how far
    off it is (numbers). Without cases it may also say `evidence.Sampled` or `Evidence`.

    Parameters
    ----------
    claim, name : str
        The id of the claim, and what the check does.
    cases : Cases or str
        What the function is tried on; a string if there is only one case. It may name arguments
        of the function in braces.
    seed : int, optional
        With it the function gets a generator `rng`.
    tolerance : float
        The largest error that counts as round-off.
    **given
        Arguments of the function that distinguish this check from others of the same function.
    """
    cases = Cases(cases, [()]) if isinstance(cases, str) else cases

    def register(judge: Callable) -> Callable:
        parameters = inspect.signature(judge).parameters.values()
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        trial = partial(_tried, judge, cases, seed, tolerance, **defaults | given)
        return _put_under(claim, name, judge, trial, trial.keywords)

    return register


def proves(
    claim: str,
    name: str,
    /,
    *,
    generality: str,
    point: Mapping[sp.Basic, object],
    claimed: sp.Expr | None = None,
    **given: object,
) -> Callable[[Callable[..., Derivation]], Callable[..., Derivation]]:
    """Put the derivation below under a claim; its wrong variants claim another last line.

    Parameters
    ----------
    claim, name : str
        The id of the claim, and what the derivation does.
    generality : str
        What the symbols stand for.
    point : mapping
        Where the two sides of a wrong equality differ.
    claimed : sympy.Expr, optional
        What is claimed, if it is not the last line as it stands.
    **given
        Arguments of the function.
    """

    def register(derive: Callable[..., Derivation]) -> Callable[..., Derivation]:
        said = {"generality": generality, "point": point, "claimed": claimed}
        trial = partial(evidence.proved, partial(derive, **given), **said)
        return _put_under(claim, name, derive, trial, ("claimed",))

    return register


def wrong(name: str, /, **change: object) -> Callable[[Callable], Callable]:
    """Name a wrong variant for the check above: the same function with one argument changed."""

    def register(function: Callable) -> Callable:
        others = vars(function).setdefault("wrong", {})
        if name in others:
            raise ValueError(f"wrong variants must have different names, got “{name}” twice")
        # Decorators are applied from below, and read from above.
        function.wrong = {name: change, **others}
        return function

    return register


def _put_under(
    claim: str, name: str, function: Callable, trial: Callable, arguments: Iterable[str]
) -> Callable:
    """Make a check of a trial and of the wrong variants that stand between it and the function."""
    mutants = {}
    for mutant, change in vars(function).pop("wrong", {}).items():
        if len(change) != 1 or not change.keys() <= set(arguments):
            raise ValueError(
                f"the wrong variant “{mutant}” of {claim} must change one of {list(arguments)}, "
                f"got {change}"
            )
        mutants[mutant] = partial(trial, **change)
    if not mutants:
        raise ValueError(f"the check “{name}” of {claim} must have a wrong variant, got none")
    one = Check(name, f"{function.__module__}.{function.__qualname__}", trial, mutants)
    function.checks = ((claim, one), *getattr(function, "checks", ()))
    return function


def _tried(
    judge: Callable, cases: Cases, seed: int | None, tolerance: float, /, **arguments: object
) -> Evidence:
    """Evidence from a function of one case, tried on a family."""
    text = cases.text.format(**arguments)
    if seed is not None:
        arguments["rng"] = np.random.default_rng(seed)
    each = (case if isinstance(case, tuple) else (case,) for case in cases.drawn)
    said = [judge(*case, **arguments) for case in each]
    seed = cases.seed if seed is None else seed
    return evidence.judged(said, text, tolerance=tolerance, seed=seed)


def checks_of(module: ModuleType) -> list[tuple[str, Check]]:
    """The checks that a module puts under claims, with the ids of these, in their order."""
    values, name = vars(module).values(), module.__name__
    own = [value for value in values if getattr(value, "__module__", None) == name]
    return [pair for value in own for pair in getattr(value, "checks", ())]


def run(claims: Iterable[Claim]) -> Iterator[CheckedClaim]:
    """Run the checks and the mutants of each claim, one claim at a time."""
    return (verify(claim) for claim in claims)


def verify(claim: Claim) -> CheckedClaim:
    """Run the checks and the mutants of one claim."""
    start = time.perf_counter()
    checks = tuple((check.name, _evidence(check.run)) for check in claim.checks)
    mutants = tuple(
        (name, _evidence(mutant))
        for check in claim.checks
        for name, mutant in check.mutants.items()
    )
    return CheckedClaim(claim, checks, mutants, time.perf_counter() - start)


def _evidence(run: Callable[[], Evidence]) -> Evidence:
    try:
        return run()
    except Exception as error:  # a check that breaks is a finding, and the others still run
        return Evidence(False, ERROR, f"{type(error).__name__}: {error}")
