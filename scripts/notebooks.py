"""Execute the notebooks of the book, and write them in the form in which they are committed.

    python scripts/notebooks.py [PAGE ...]

re-executes the given notebooks (default: all) and writes each in canonical form:
executed from 1 to n, text kept, images and explorers dropped, metadata reduced to what
the pages need.
"""

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
SERVED = ROOT / "_build" / "html" / "_sources" / "book"  # as one downloads them from the book
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT_METADATA = ("mystnb", "tags")
WIDGET = "application/vnd.jupyter.widget-view+json"
SHARING = Path(__file__).with_name("shared_evidence.py")
TIMEOUT = 300  # seconds a cell may take
# Names of the page before are forgotten; its objects are not looked through, which would take long.
START = "import gc\ngc.freeze()\n%reset -f\n%cd -q {folder}"
# What the pages show depends on no setting of the machine.
INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
FOREIGN = ("PYTHONPATH", "PYTHONSTARTUP", "IPYTHONDIR")


class WarningShownError(Exception):
    """A cell wrote to stderr, which no page may show to its reader."""


def pages() -> list[Path]:
    """All notebooks of the book."""
    return sorted(
        path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )


def execute(paths: list[Path]) -> list[NotebookNode]:
    """Execute notebooks in their own folders, as many at a time as there are cores.

    A kernel takes longer to start than most notebooks to run, so that each executes many of them.
    What one defines is gone before the next; and that none needs it, nbval shows in other kernels.
    """
    with TemporaryDirectory() as folder, ExitStack() as kernels:
        here = threading.local()

        def start() -> None:
            here.client = kernels.enter_context(_client(folder, threading.get_native_id()))

        def run(path: Path) -> NotebookNode:
            return _execute(path, here.client)

        with ThreadPoolExecutor(os.cpu_count(), initializer=start) as pool:
            # The longest first, or one core would end up waiting for it.
            longest_first = sorted(paths, key=lambda path: path.stat().st_size, reverse=True)
            runs = {path: pool.submit(run, path) for path in longest_first}
            _show_progress(runs)
            try:
                return [runs[path].result() for path in paths]
            except Exception:
                pool.shutdown(cancel_futures=True)
                raise


def _show_progress(runs: dict[Path, Future]) -> None:
    """A bar on a terminal, a line for each notebook in a log; until the first one fails."""
    names = {
        run: path.stem if path.stem != "index" else path.parent.stem for path, run in runs.items()
    }
    on_terminal = sys.stderr.isatty()
    with tqdm(total=len(runs), unit="page", disable=not on_terminal, leave=False) as bar:
        for number, run in enumerate(as_completed(names), start=1):
            if run.exception():
                return
            bar.set_postfix_str(names[run], refresh=False)
            bar.update()
            if not on_terminal:
                print(f"  {number} of {len(runs)}: {names[run]}", flush=True)


@contextmanager
def _client(folder: str, number: int) -> Iterator[NotebookClient]:
    """What executes notebooks, all in one kernel, which starts with the first one."""
    manager = KernelManager(
        kernel_name=KERNELSPEC["name"],
        connection_file=f"{folder}/{number}.json",
        # Unix sockets, not TCP: nothing of a run is open to other users of the machine.
        transport="tcp" if os.name == "nt" else "ipc",
    )
    share = f"__import__('runpy').run_path({str(SHARING)!r})['keep_in']({folder!r})"
    client = NotebookClient(
        nbformat.v4.new_notebook(),
        km=manager,
        extra_arguments=[f"--IPKernelApp.exec_lines={share}"],
        timeout=TIMEOUT,
        store_widget_state=False,
        record_timing=False,  # timings would change the key of the cache
    )
    try:
        yield client
    finally:
        if client.kc:
            client.kc.stop_channels()
        manager.shutdown_kernel(now=True)


def _execute(path: Path, client: NotebookClient) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    start = nbformat.v4.new_code_cell(START.format(folder=path.parent))
    client.nb = nbformat.from_dict({**notebook, "cells": [start, *notebook.cells]})
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    client.execute(env={**kept, **INLINE, "IPYTHONDIR": f"{client.km.connection_file}.ipython"})
    notebook.cells = client.nb.cells[1:]
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                raise WarningShownError(f"{path}: a cell wrote to stderr: {output.text}")
        if "outputs" in cell:
            cell.outputs = _merged_streams(cell.outputs)
    return notebook


def canonical(notebook: NotebookNode) -> NotebookNode:
    """A copy of an executed notebook in the form in which it is committed."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC))
    count = 0
    for cell in notebook.cells:
        cell.metadata = NotebookNode(
            {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        )
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_canonical_output(output, count) for output in cell.outputs]
    return notebook


def _canonical_output(output: NotebookNode, count: int) -> NotebookNode:
    if "data" not in output:
        return output
    dropped = {kind for kind in output.data if kind.startswith(("image/", "application/"))}
    if WIDGET in dropped:  # an explorer, whose frames the build makes afresh
        dropped.add("text/html")
    output.data = NotebookNode({k: v for k, v in output.data.items() if k not in dropped})
    output.metadata = NotebookNode()
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def _merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of printed text; where they are cut is an accident of time."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if output.get("name") and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def main() -> None:
    """Re-execute and rewrite the notebooks named on the command line."""
    paths = [Path(argument).resolve() for argument in sys.argv[1:]] or pages()
    for path, notebook in zip(paths, execute(paths), strict=True):
        nbformat.write(canonical(notebook), path)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
