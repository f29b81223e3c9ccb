"""Check a claim once for all pages of a build.

A claim is needed on its own page and in the ledger. Each kernel of a build runs `keep_in` with the
same folder before its first cell; what one page has found there, the next one reads.
"""

import pickle
from pathlib import Path
from tempfile import NamedTemporaryFile

from pgbook import ledger
from pgbook.ledger import CheckedClaim, Claim


def keep_in(folder: str) -> None:
    """From now on keep what a claim gives in this folder, and look there first."""
    verify = ledger.verify

    def once(claim: Claim) -> CheckedClaim:
        path = Path(folder, f"{claim.id}.pickle")
        if not path.exists():
            checked = verify(claim)
            with NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(pickle.dumps((checked.checks, checked.mutants, checked.seconds)))
            Path(file.name).replace(path)  # at once: another page may be reading
        return CheckedClaim(claim, *pickle.loads(path.read_bytes()))

    ledger.verify = once
