"""How a checked claim is shown: a line of text, Markdown for a page, a table, plain data."""

from collections.abc import Iterable

import numpy as np

from pgbook.evidence import Evidence
from pgbook.ledger import CheckedClaim, Claim, Verdict


def as_text(checked: CheckedClaim, *, verbose: bool = False) -> str:
    """One line on a claim, one more for each failure; with `verbose`, all the evidence."""
    claim, (passed, rejected) = checked.claim, checked.counts
    lines = [f"{claim.id:5} {claim.verdict:24} checks {passed}, mutants rejected {rejected}"]
    if verbose:
        lines += [f"      {e.method}: {name}: {e.found}" for name, e in checked.checks]
        lines += [f"      mutant: {name}: {e.found}" for name, e in checked.mutants]
    return "\n".join([*lines, *(f"      FAILURE {failure}" for failure in checked.failures)])


def as_markdown(checked: CheckedClaim) -> str:
    """The verdict on a claim, and all the evidence, folded; with links to claim and checks."""
    claim = checked.claim
    lines = [f"**{_link(claim)} {claim.title}** – {_verdict(claim)}", *_failures(checked), ""]
    passed, rejected = checked.counts
    return _folded(f"{passed} checks passed, {rejected} mutants rejected", lines, checked)


def as_entry(checked: CheckedClaim) -> str:
    """What a claim says, what holds and all the evidence, folded under its id and title."""
    claim = checked.claim
    says = "is silent" if claim.verdict is Verdict.ADDED else "says"
    said = [
        f"*The source {says}* (document {claim.source}): {claim.statement}",
        "",
        f"*What holds:* {claim.holds or 'the claim as it stands.'}",
        "",
        f"The page: {_link(claim)}.",
        "",
    ]
    return _folded(f"{claim.id} {claim.title}", _failures(checked), checked, said)


def _folded(
    summary: str, before: Iterable[str], checked: CheckedClaim, said: Iterable[str] = ()
) -> str:
    lines = [*before, f"<details><summary>{summary}</summary>", "", *said]
    for check, (name, e) in zip(checked.claim.checks, checked.checks, strict=True):
        lines.append(f"- [{name}](#{check.function}): *{e.method}*, {_escaped(e.found)}")
    lines += [f"- rejected mutant “{name}”: {_escaped(e.found)}" for name, e in checked.mutants]
    return "\n".join([*lines, "", "</details>"])


def _link(claim: Claim) -> str:
    return f"[{claim.id}](#{claim.id.lower()})"


def _verdict(claim: Claim) -> str:
    return f"{claim.verdict} ({', '.join(claim.kinds)})" if claim.kinds else str(claim.verdict)


def _failures(checked: CheckedClaim) -> list[str]:
    return [f"- **failure**: {_escaped(failure)}" for failure in checked.failures]


def _escaped(text: str) -> str:
    """Text for Markdown in which two products do not become emphasis."""
    return text.replace("*", r"\*")


def as_table(checked: Iterable[CheckedClaim]) -> str:
    """One row a claim: what it is about, the verdict, passed checks and rejected mutants."""
    lines = ["| claim | about | verdict | checks | mutants |", "|---|---|---|---|---|"]
    for one in checked:
        claim, (passed, rejected) = one.claim, one.counts
        cells = (_link(claim), claim.title.replace("|", r"\|"), _verdict(claim), passed, rejected)
        lines.append(f"| {' | '.join(cells)} |")
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

    names = ("id", "title", "source", "page", "statement", "verdict", "kinds", "holds")
    return {name: getattr(claim, name) for name in names} | {
        "checks": evidence(checked.checks),
        "mutants": evidence(checked.mutants),
        "failures": list(checked.failures),
        "seconds": round(checked.seconds, 3),
    }


def _plain(value: object) -> object:
    """A number that JSON can hold; it has no infinity and no NaN."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value
