"""The command ``python -m pgbook check``: run the ledger of claims."""

import argparse
import json
import sys
from collections import Counter

from tqdm import tqdm

from pgbook import catalogue, ledger, report
from pgbook.ledger import CheckedClaim


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
    checked = list(bar)
    if options.json:
        print(json.dumps([report.as_dict(one) for one in checked], indent=2))
    else:
        for one in checked:
            print(report.as_text(one, verbose=options.verbose))
        print(_summary(checked))
    return 1 if any(one.failures for one in checked) else 0


def _summary(checked: list[CheckedClaim]) -> str:
    verdicts = Counter(one.claim.verdict for one in checked)
    counts = ", ".join(f"{v} {verdicts[v]}" for v in ledger.Verdict if verdicts[v])
    checks = sum(len(one.checks) for one in checked)
    mutants = sum(len(one.mutants) for one in checked)
    failures = sum(len(one.failures) for one in checked)
    return (
        f"claims: {len(checked)} ({counts}); checks: {checks}; mutants: {mutants}; "
        f"failures: {failures}"
    )


if __name__ == "__main__":
    sys.exit(main())
