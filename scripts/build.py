"""Execute the notebooks and build the book, strictly, redoing no more than has changed.

    python scripts/build.py

Executed notebooks are cached by their code. What they compute also depends on the
package and on the environment: if those have changed, the whole build folder goes. The
pages are always built all together, so that a warning is never lost and a reference
never stale; if nothing at all has changed since the last good build, there is nothing
to do.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import bootstrap
import nbformat
import notebooks
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = notebooks.ROOT
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
CODE_STAMP, PAGES_STAMP = BUILD / "code.sha256", BUILD / "pages.sha256"
START = BUILD / "html" / "index.html"
NOTEBOOK_ERRORS = (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
    notebooks.WarningShownError,
)


def main() -> None:
    """Build the book and print what to open."""
    os.chdir(ROOT)
    bootstrap.waited()
    build()
    print(f"The book is built: open {START.relative_to(ROOT)} in a browser.")


def build() -> None:
    """Build what has changed since the last good build."""
    code = digest([*package_files(), ROOT / "requirements.txt"], sys.version)
    everything = digest(
        [*(p for p in (ROOT / "book").rglob("*") if _is_source(p)), *ROOT.glob("_*.yml")],
        code + digest([Path(__file__), Path(notebooks.__file__)]) + os.environ.get("EDITION", ""),
    )
    if _read(PAGES_STAMP) != everything or not START.exists():
        PAGES_STAMP.unlink(missing_ok=True)  # until this build is done
        if _read(CODE_STAMP) != code:
            shutil.rmtree(BUILD, ignore_errors=True)
            BUILD.mkdir()
            CODE_STAMP.write_text(code)
        execute_changed()
        build_pages()
        PAGES_STAMP.write_text(everything)


def package_files() -> list[Path]:
    """All that the package consists of, the texts of the claims included."""
    return [p for p in (ROOT / "pgbook").rglob("*") if p.is_file() and p.suffix != ".pyc"]


def digest(paths: Iterable[Path], seed: str = "") -> str:
    """A digest of files, their names included."""
    total = hashlib.sha256(seed.encode())
    for path in sorted(paths):
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def execute_changed() -> None:
    """Execute the notebooks whose code is not in the cache."""
    sources = {path: nbformat.read(path, as_version=4) for path in notebooks.pages()}
    try:
        cache = get_cache(CACHE)
        changed = [path for path, source in sources.items() if not _is_cached(source, cache)]
    except Exception as error:  # whatever a torn cache raises: it can be made anew
        print(f"The cache of executed notebooks is damaged ({error}); making it anew.", flush=True)
        shutil.rmtree(CACHE)
        cache, changed = get_cache(CACHE), list(sources)
    if not changed:
        return
    print("Executing", *(str(path.relative_to(ROOT)) for path in changed), flush=True)
    start = time.perf_counter()
    try:
        executed = notebooks.execute(changed)
    except NOTEBOOK_ERRORS as error:
        sys.exit(f"A notebook failed, so there is no book:\n{error}")
    for path, notebook in zip(changed, executed, strict=True):
        bundle = CacheBundleIn(notebook, str(path))
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    print(f"  done in {time.perf_counter() - start:.1f} s")


def _is_cached(source: NotebookNode, cache: JupyterCacheAbstract) -> bool:
    """Whether the cache holds the executed notebook, and it can be read."""
    try:
        record = cache.match_cache_notebook(source)
    except KeyError:
        return False
    nbformat.validate(cache.get_cache_bundle(record.pk).nb)
    return True


def build_pages() -> None:
    """Build all pages; any warning is an error."""
    print("Building the pages", flush=True)
    start = time.perf_counter()
    # Sphinx keeps a page of code that is newer than the code, though its anchors may be stale.
    shutil.rmtree(BUILD / "html" / "_modules", ignore_errors=True)
    jupyter_book = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", jupyter_book, "build", str(ROOT), "--all", "-q"]
    result = subprocess.run(
        [*command, "-W", "-n", "--keep-going"], capture_output=True, text=True, cwd=ROOT
    )
    if result.returncode:
        sys.exit(f"{result.stdout}{result.stderr}\nThe strict build failed; see above.")
    print(f"  done in {time.perf_counter() - start:.1f} s")


def _is_source(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    return path.is_file() and path.suffix != ".pyc" and not hidden


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _interrupted(*_: object) -> None:
    # At once: kernels that are still running notice that nobody waits for them, and stop.
    print("\nInterrupted; the next make goes on from here.", flush=True)
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, _interrupted)
    main()
