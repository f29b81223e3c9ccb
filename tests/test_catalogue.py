"""All claims of all chapters: each check passes, each of its mutants is rejected."""

import pytest

from pgbook import catalogue, ledger


@pytest.mark.parametrize("claim", catalogue.claims(), ids=lambda claim: claim.id)
def test_the_claim_stands(claim):
    (outcome,) = ledger.run([claim])
    assert outcome.failures == ()
    assert claim.checks and all(check.mutants for check in claim.checks)


def test_no_two_claims_have_the_same_id():
    ids = [claim.id for claim in catalogue.claims()]
    assert len(set(ids)) == len(ids) > 0


def test_claims_are_found_by_their_ids_in_the_order_asked_for():
    assert [claim.id for claim in catalogue.claims("U3", "B9")] == ["U3", "B9"]
    with pytest.raises(ValueError, match="ids must name claims of the catalogue, got B99"):
        catalogue.claims("B9", "B99")


def test_a_report_shows_verdict_evidence_and_mutants():
    text = catalogue.report("B9").data
    assert text.startswith("**[B9](#b9)** needs correction (notation)")
    assert "*symbolic*, proved for any number of arms" in text and "rejected mutant" in text
    (claim,) = catalogue.claims("B9")
    n_checks, n_mutants = len(claim.checks), sum(len(check.mutants) for check in claim.checks)
    summary = f"{n_checks} of {n_checks} checks passed, {n_mutants} of {n_mutants} mutants rejected"
    assert f"<details><summary>\n{summary}\n</summary>" in text
