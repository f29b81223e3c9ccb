"""Is it true, and how do we know? Every claim of document 000.

`claims.toml` says what the claims are; the modules say how they are checked.
"""

from pathlib import Path

from pgbook import ledger
from pgbook.bandits.claims.baseline import BASELINE
from pgbook.bandits.claims.policy import POLICY
from pgbook.bandits.claims.progress import PROGRESS
from pgbook.bandits.claims.steps import STEPS
from pgbook.bandits.claims.update import UPDATE

CLAIMS = ledger.read_claims(
    Path(__file__).with_name("claims.toml"), {**POLICY, **UPDATE, **BASELINE, **STEPS, **PROGRESS}
)
