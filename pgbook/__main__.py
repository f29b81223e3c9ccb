"""The command ``python -m pgbook check``: run the ledger of claims."""

import argparse
import json
import sys
from collections import Counter

from tqdm import tqdm

from pgbook import catalogue, ledger


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 if all is well, 1 for a failure, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m pgbook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", help="run checks and mutants of the claims", description="Run the ledger."
    )
    check.add_argument("ids", nargs="*", metavar="ID", help="a claim, such as B9; default: all")
    check.add_argument("--json", action="store_true", help="print JSON instead of a table")
    check.add_argument("-v", "--verbose", action="store_true", help="print all evidence")
    options = parser.parse_args(arguments)
    try:
        claims = catalogue.claims(*options.ids)
    except ValueError as error:
        parser.error(str(error))
    # The bar shows only on a terminal, and goes to stderr: the report can be piped.
    bar = tqdm(ledger.run(claims), total=len(claims), unit="claim", leave=False, disable=None)
    outcomes = list(bar)
    if options.json:
        print(json.dumps([ledger.as_dict(outcome) for outcome in outcomes], indent=2))
    else:
        for outcome in outcomes:
            print(ledger.as_text(outcome, verbose=options.verbose))
        print(_summary(outcomes))
    return 1 if any(outcome.failures for outcome in outcomes) else 0


def _summary(outcomes: list[ledger.Outcome]) -> str:
    verdicts = Counter(str(outcome.claim.verdict) for outcome in outcomes)
    counts = ", ".join(f"{v} {verdicts[v]}" for v in map(str, ledger.Verdict) if verdicts[v])
    checks = sum(len(outcome.checks) for outcome in outcomes)
    mutants = sum(len(outcome.mutants) for outcome in outcomes)
    failures = sum(len(outcome.failures) for outcome in outcomes)
    return (
        f"claims: {len(outcomes)} ({counts}); checks: {checks}; mutants: {mutants}; "
        f"failures: {failures}"
    )


if __name__ == "__main__":
    sys.exit(main())
