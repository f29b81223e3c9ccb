"""How a checked claim is shown: a line of text, Markdown for a page, a table, plain data."""

from collections.abc import Iterable

import numpy as np

from pgbook.evidence import Evidence
from pgbook.ledger import CheckedClaim, Verdict


def as_text(checked: CheckedClaim, *, verbose: bool = False) -> str:
    """One line on a claim, one more for each failure; with `verbose`, all the evidence."""
    claim, (passed, rejected) = checked.claim, checked.counts
    lines = [f"{claim.id:5} {claim.verdict:24} checks {passed}, mutants rejected {rejected}"]
    if verbose:
        lines += [f"      {e.method}: {name}: {e.found}" for name, e in checked.checks]
        lines += [f"      mutant: {name}: {e.found}" for name, e in checked.mutants]
    return "\n".join([*lines, *(f"      FAILURE {failure}" for failure in checked.failures)])


def as_markdown(checked: CheckedClaim, *, statement: bool = False) -> str:
    """The verdict on a claim and all the evidence for it; with `statement`, the claim too."""
    claim = checked.claim
    kinds = f" ({', '.join(claim.kinds)})" if claim.kinds else ""
    lines = [f"**[{claim.id}](#{claim.id.lower()})** {claim.verdict}{kinds}", ""]
    if statement:
        says = "is silent" if claim.verdict is Verdict.ADDED else "says"
        lines += [f"*The source {says}* (document {claim.source}): {claim.statement}", ""]
        lines += [f"*What holds:* {claim.holds or 'the claim as it stands.'}", ""]
    lines += [f"- **failure**: {_escaped(failure)}" for failure in checked.failures] + [""]
    passed, rejected = checked.counts
    lines += ["<details><summary>", f"{passed} checks passed, {rejected} mutants rejected"]
    lines += ["</summary>", ""]
    lines += [f"- {name}: *{e.method}*, {_escaped(e.found)}" for name, e in checked.checks]
    lines += [f"- rejected mutant “{name}”: {_escaped(e.found)}" for name, e in checked.mutants]
    return "\n".join([*lines, "", "</details>"])


def _escaped(text: str) -> str:
    """Text for Markdown in which two products do not become emphasis."""
    return text.replace("*", r"\*")


def as_table(checked: Iterable[CheckedClaim]) -> str:
    """One row a claim: verdict, and how many checks passed and mutants were rejected."""
    lines = ["| claim | verdict | kind | checks | mutants rejected |", "|---|---|---|---|---|"]
    for one in checked:
        claim, (passed, rejected) = one.claim, one.counts
        lines.append(
            f"| [{claim.id}](#{claim.id.lower()}) | {claim.verdict} | {', '.join(claim.kinds)} "
            f"| {passed} | {rejected} |"
        )
    return "\n".join(lines)


def as_dict(checked: CheckedClaim) -> dict[str, object]:
    """A checked claim for machines: plain numbers, strings, lists and dictionaries."""
    claim = checked.claim

    def evidence(given: tuple[tuple[str, Evidence], ...]) -> list[dict[str, object]]:
        return [
            {"name": name, "passed": e.passed, "method": e.method, "found": e.found}
            | {key: _plain(value) for key, value in e.numbers.items()}
            for name, e in given
        ]

    names = ("id", "source", "page", "statement", "verdict", "kinds", "holds")
    return {name: getattr(claim, name) for name in names} | {
        "checks": evidence(checked.checks),
        "mutants": evidence(checked.mutants),
        "failures": list(checked.failures),
        "seconds": round(checked.seconds, 3),
    }


def _plain(value: object) -> object:
    """A number that JSON can hold; it has no infinity and no NaN."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value
