"""Runs in Pyodide: every page of the book, and what it prints against what is committed."""

import json
import os
import time
from pathlib import Path
from tempfile import mkdtemp

from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from shared_evidence import keep_in
from shown import words

BOOK = Path("/repository/book")
SERVED = BOOK.parent / "_build/html/lite/files/book"
SILENT = {"nbval-ignore-output"}
# Runs that feed estimates back into the policy: the last bit of a sum decides between equals,
# and what follows is another run. They need only end without an error.
OTHER_RUNS = {"lake-table", "lake-figure", "optimism"}
keep_in(mkdtemp())


class Hook(DisplayHook):
    """Shows the value of a cell as what a cell displays is shown."""

    def __call__(self, result=None):
        if result is not None:
            display(result)


def run(path):
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(displayhook_class=Hook)
    shell.run_line_magic("cd", f"-q {path.parent}")
    served = json.loads((SERVED / path.relative_to(BOOK)).read_text())["cells"]
    (first,) = (cell["source"] for cell in served if cell["id"] == "install")
    lines = "".join(first).splitlines(keepends=True)
    assert shell.run_cell("".join(x for x in lines if not x.startswith("%pip"))).success
    wrong = []
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        with capture_output() as captured:
            result = shell.run_cell("".join(cell["source"]))
        tags = set(cell["metadata"].get("tags", ()))
        streams = [{"text": captured.stdout}, {"text": captured.stderr}]
        found = words([*streams, *({"data": shown.data} for shown in captured.outputs)])
        expected = words(cell["outputs"])
        if not result.success or (
            cell["id"] not in OTHER_RUNS and not tags & SILENT and expected != found
        ):
            wrong.append([cell["id"], " ".join(expected)[-800:], " ".join(found)[-800:]])
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
