"""Is it true, and how do we know? Every claim of document 002.

`claims.toml` says what the claims are; the modules say how they are checked.
"""

from pathlib import Path

from pgbook import ledger
from pgbook.unbiased.claims.baselines import BASELINES
from pgbook.unbiased.claims.exchange import EXCHANGE
from pgbook.unbiased.claims.objective import OBJECTIVE
from pgbook.unbiased.claims.proof import PROOF
from pgbook.unbiased.claims.returns import RETURNS

CLAIMS = ledger.read_claims(
    Path(__file__).with_name("claims.toml"),
    {**OBJECTIVE, **RETURNS, **PROOF, **EXCHANGE, **BASELINES},
)
