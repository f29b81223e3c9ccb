"""Is it true, and how do we know? Every claim of document 001.

`claims.toml` says what the claims are; the modules say how they are checked.
"""

from pathlib import Path

from pgbook import ledger
from pgbook.guarantees.claims.bounds import BOUND
from pgbook.guarantees.claims.coupling import COUPLING
from pgbook.guarantees.claims.improvement import IMPROVEMENT
from pgbook.guarantees.claims.lemma import LEMMA
from pgbook.guarantees.claims.recap import RECAP
from pgbook.guarantees.claims.shift import SHIFT
from pgbook.guarantees.claims.surrogate import SURROGATE
from pgbook.guarantees.claims.weights import WEIGHTS

CLAIMS = ledger.read_claims(
    Path(__file__).with_name("claims.toml"),
    {**RECAP, **LEMMA, **SURROGATE, **WEIGHTS, **SHIFT, **COUPLING, **BOUND, **IMPROVEMENT},
)
