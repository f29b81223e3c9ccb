"""Open the pages in JupyterLab, as copies in which references are words and solutions are folded.

    make lab

The copies are in the folder `lab`. One that its reader has changed stays as it is; the others
follow the book.
"""

import subprocess
import sys
from pathlib import Path

import copies
import nbformat
from notebooks import ROOT, SERVED

LAB = ROOT / "lab"


def main() -> None:
    """Make the copies and open them."""
    for path in copy(SERVED, LAB):
        print(f"{path.relative_to(ROOT)} holds changes of yours; it is kept as it is.")
    options = sys.argv[1:]
    command = [sys.executable, "-m", "jupyter", "lab", "--notebook-dir", str(LAB), *options]
    sys.exit(subprocess.run(command).returncode)


def copy(built: Path, lab: Path) -> list[Path]:
    """Copy the notebooks of the built book; those that were changed are returned, and kept."""
    targets = {source: lab / source.relative_to(built) for source in sorted(built.rglob("*.ipynb"))}
    return [
        target
        for source, target in targets.items()
        if copies.write(nbformat.read(source, as_version=4), target)
    ]


if __name__ == "__main__":
    main()
