"""Speed: as many processes as there are cores, here and in Sphinx, and no search for garbage."""

import atexit
import gc
import os

from sphinx.application import Sphinx
from sphinx.util.parallel import ParallelTasks, SerialTasks, parallel_available
from sphinx_proof.domain import ProofDomain


def setup(app: Sphinx) -> None:
    """Read and write pages in parallel, as `sphinx-build -j auto` does and Jupyter Book cannot."""
    # Trees of pages are large and live long: the search for garbage took a quarter of the time.
    gc.set_threshold(100_000, 50, 1000)
    atexit.register(gc.freeze)  # nor is it needed once all is written
    app.parallel = (os.cpu_count() or 1) if parallel_available else 1
    # Two extensions do not say that this is safe. One numbers the pages when all have been read;
    # the other merges its theorems itself, and leaves nothing to the domain.
    if numbering := app.extensions.get("sphinx_multitoc_numbering"):
        numbering.parallel_read_safe = True
    ProofDomain.merge_domaindata = lambda *_: None


def tasks(app: Sphinx) -> ParallelTasks | SerialTasks:
    """Sphinx's own processes, which pass on each warning."""
    return ParallelTasks(app.parallel) if app.parallel > 1 else SerialTasks()
