"""Unpack Python for the browser into `.venv/pyodide`; tests of live pages need no network then.

    python scripts/pyodide.py

The public distribution of Pyodide is a download of its own; the same files come from PyPI, most
of them inside one wheel, which is unpacked and not installed. `pyodide.txt` pins them.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv" / "pyodide"
LOCK = "pyodide-lock.json"
PINS = Path(__file__).with_suffix(".txt")
INSIDE = "open_webui/frontend/pyodide/"
ANY_PYTHON = ("--no-deps", "--only-binary=:all:", "--ignore-requires-python")


def is_there() -> bool:
    """Whether the distribution is complete, and made from these pins."""
    return (FOLDER / PINS.name).exists() and (FOLDER / PINS.name).read_text() == PINS.read_text()


def main() -> None:
    """Download, unpack, and let the lock file name what was unpacked."""
    if is_there():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", *ANY_PYTHON, "--require-hashes"]
        subprocess.run([*command, "-r", str(PINS), "-d", folder], check=True)
        for wheel in Path(folder).iterdir():
            if wheel.name.startswith("open_webui"):
                unpack(wheel)
            else:
                shutil.move(wheel, FOLDER)
    lock = json.loads((FOLDER / LOCK).read_text())
    for package in lock["packages"].values():
        file = FOLDER / package["file_name"]
        if file.exists():  # Pyodide packs wheels anew, so that those of PyPI have other digests
            package["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (FOLDER / LOCK).write_text(json.dumps(lock))
    shutil.copy(PINS, FOLDER)


def unpack(wheel: Path) -> None:
    """Take what is in the folder of Pyodide."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(INSIDE) and not name.endswith("/"):
                (FOLDER / name.removeprefix(INSIDE)).write_bytes(archive.read(name))


if __name__ == "__main__":
    main()
