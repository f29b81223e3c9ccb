"""All claims of all chapters: each check passes, each of its mutants is rejected."""

import inspect
import re
import tomllib
from pathlib import Path
from pkgutil import resolve_name

import pytest

from pgbook import catalogue, ledger, report
from pgbook.ledger import Check


@pytest.mark.parametrize("claim", catalogue.claims(), ids=lambda claim: claim.id)
def test_the_claim_stands(claim):
    assert ledger.verify(claim).failures == ()


def test_a_check_by_samples_draws_as_many_as_its_evidence_says():
    names = {check.function for claim in catalogue.claims() for check in claim.checks}
    sources = [inspect.getsource(resolve_name(name)) for name in names]
    sampled = [source for source in sources if "return Sampled(" in source]
    assert len(sampled) > 10
    assert [source for source in sampled if not re.search(r"\bSAMPLES\b", source)] == []


@pytest.mark.parametrize(("chapter", "letter"), list(zip(catalogue.CHAPTERS, "BUG", strict=True)))
def test_no_claim_of_a_document_is_missing(chapter, letter):
    text = (Path(catalogue.__file__).parent / chapter / "claims.toml").read_text()
    written = list(tomllib.loads(text))
    read = [claim.id for claim in catalogue.claims() if claim.page.startswith(chapter)]
    assert sorted(read) == sorted(written) and all(name.startswith(letter) for name in written)
    numbers = {int(re.sub(r"\D", "", name)) for name in written}
    assert numbers == set(range(1, max(numbers) + 1))


def test_claims_are_found_by_their_ids_in_the_order_asked_for():
    assert [claim.id for claim in catalogue.claims("U3", "B9")] == ["U3", "B9"]
    with pytest.raises(ValueError, match="ids must name claims of the catalogue, got B99"):
        catalogue.claims("B9", "B99")


def test_claims_and_checks_must_match():
    table = {"source": "", "page": "", "verdict": "holds", "statement": "", "title": ""}
    checks = [
        ("B1", Check("check", "here.check", None, {})),
        ("B1", Check("another", "here.another", None, {})),
    ]
    (claim,) = catalogue.joined({"B1": table}, checks).values()
    assert [check.name for check in claim.checks] == ["check", "another"]
    with pytest.raises(ValueError, match=r"got only one of \['B2'\]"):
        catalogue.joined({"B1": table, "B2": table}, checks)
    with pytest.raises(ValueError, match=r"got only one of \['B1'\]"):
        catalogue.joined({}, checks)


def test_a_report_shows_verdict_evidence_and_mutants():
    text = catalogue.report("B9").data
    assert text.startswith("**[B9](#b9) One component, not the gradient** – needs correction")
    assert "*symbolic*, proved for any number of arms" in text and "rejected mutant" in text
    (claim,) = catalogue.claims("B9")
    n_checks, n_mutants = len(claim.checks), sum(len(check.mutants) for check in claim.checks)
    summary = f"{n_checks} of {n_checks} checks passed, {n_mutants} of {n_mutants} mutants rejected"
    assert f"<details><summary>{summary}</summary>" in text


def test_all_claims_come_in_the_order_of_their_ids():
    ids = [claim.id for claim in catalogue.claims()]
    assert ids[:3] == ["B1", "B2", "B3"] and ids[-1] == "G46"
    assert ids.index("G4") + 1 == ids.index("G4b") and ids.index("G41") + 1 == ids.index("G42")


def test_an_entry_of_the_ledger_unfolds_to_what_is_said_and_what_holds():
    (claim,) = catalogue.claims("B9")
    text = report.as_entry(ledger.verify(claim))
    assert text.startswith("<details><summary>B9 One component, not the gradient</summary>")
    assert claim.statement in text and claim.holds in text and "[B9](#b9)" in text
