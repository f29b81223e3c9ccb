"""Open the pages in JupyterLab, as copies in which references are words and solutions are folded.

    make lab

The copies are in the folder `lab`. One that its reader has changed stays as it is; the others
follow the book.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from notebooks import ROOT

BUILT = ROOT / "_build" / "html" / "_sources" / "book"
LAB = ROOT / "lab"
MARK = "pgbook"  # where a copy keeps the digest of what it was made as


def main() -> None:
    """Make the copies and open them."""
    for path in copy(BUILT, LAB):
        print(f"{path.relative_to(ROOT)} holds changes of yours; it is kept as it is.")
    options = sys.argv[1:]
    command = [sys.executable, "-m", "jupyter", "lab", "--notebook-dir", str(LAB), *options]
    sys.exit(subprocess.run(command).returncode)


def copy(built: Path, lab: Path) -> list[Path]:
    """Copy the notebooks of the built book; those that were changed are returned, and kept."""
    kept = []
    for source in sorted(built.rglob("*.ipynb")):
        target = lab / source.relative_to(built)
        notebook = nbformat.read(source, as_version=4)
        notebook.metadata[MARK] = digest(notebook)
        if target.exists():
            there = nbformat.read(target, as_version=4)
            if there.metadata.get(MARK) != digest(there):
                kept.append(target)
                continue
            if there.metadata[MARK] == notebook.metadata[MARK]:
                continue  # with the outputs that it has by now
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    return kept


def digest(notebook: NotebookNode) -> str:
    """Of what its cells say, outputs aside."""
    said = "\0".join(f"{cell.cell_type}\0{cell.source}" for cell in notebook.cells)
    return hashlib.sha256(said.encode()).hexdigest()


if __name__ == "__main__":
    main()
