"""Runs in Pyodide: every page of the book, and what it prints against what is committed."""

import json
import os
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

BOOK = Path("/repository/book")
SILENT = {"nbval-ignore-output"}
sys.path.append("/repository/scripts")
import shared_evidence  # noqa: E402

shared_evidence.keep_in(mkdtemp())


def printed(outputs):
    """The text of committed outputs, pictures aside; a figure shows no more than its size."""
    for output in outputs:
        if "text" in output:
            yield "".join(output["text"])
        for kind, text in sorted(output.get("data", {}).items()):
            if kind.startswith("text/"):
                yield "".join(text)


def shown(captured, result):
    """The same of what a cell has just given."""
    yield captured.stdout
    yield captured.stderr
    for output in captured.outputs:
        for kind, text in sorted(output.data.items()):
            if kind.startswith("text/"):
                yield text


def run(path):
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_line_magic("cd", f"-q {path.parent}")
    wrong = []
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        with capture_output() as captured:
            result = shell.run_cell("".join(cell["source"]))
        tags = set(cell["metadata"].get("tags", ()))
        expected, found = "".join(printed(cell["outputs"])), "".join(shown(captured, result))
        if not result.success or (not tags & SILENT and expected.split() != found.split()):
            wrong.append([cell["id"], expected[:800], found[-800:]])
    return wrong


only = os.environ.get("PAGES", "").split()
pages = sorted(BOOK.rglob("*.ipynb"), key=lambda path: (path.stem == "ledger", path))
for path in pages:
    name = str(path.relative_to(BOOK))
    if ".ipynb_checkpoints" in name or (only and name not in only):
        continue
    start = time.perf_counter()
    wrong = run(path)
    print(
        json.dumps({"page": name, "seconds": time.perf_counter() - start, "wrong": wrong}),
        flush=True,
    )
