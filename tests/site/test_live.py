"""Run this page: what a click gives, and what every page prints in the Python of a browser."""

import functools
import gzip
import http.server
import json
import re
import shutil
import subprocess
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import nbformat
import notebooks
import pyodide
import pytest
from built import HTML, ROOT, absent, pages
from docutils import nodes
from finish import live, served
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL
from shown import words

LITE = HTML / live.FOLDER
NOTEBOOKS = [page for page in pages() if (ROOT / f"{page}.ipynb").exists()]
OPENED = ("book/bandits/softmax", "book/unbiased/generalization", "book/guarantees/surrogate")
MOST = 40_000_000  # bytes of the application
PATIENCE = 400  # seconds for all cells of a page, on a machine that does other things too
APP = "jupyterapp.shell.currentWidget?.content"
READY = """() => window.jupyterapp
    && jupyterapp.shell.currentWidget?.context?.sessionContext.session?.kernel"""
FIRST = f"{APP}?.model.toJSON().cells.filter(cell => cell.outputs?.length).length > 0"
FAILED = f"""{APP}?.model.toJSON().cells.flatMap(cell => cell.outputs ?? [])
    .filter(output => output.output_type === "error")"""
ENDED = f"""() => {FAILED}?.length || {APP}?.model.toJSON().cells
    .filter(cell => cell.cell_type === "code").every(cell => cell.execution_count)"""
each_notebook = pytest.mark.parametrize("page", NOTEBOOKS)


def read(page):
    return nbformat.read(LITE / "files" / f"{page}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def distribution():
    """Pyodide, served from this machine; without it the tests are skipped, or fail in CI."""
    if not pyodide.is_there():
        absent(
            "no page was run as in a browser, for the distribution of Pyodide is not there; "
            "to download 110 MB: make tools"
        )
    return pyodide.FOLDER


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the book, in it Pyodide, and a setting that says so."""

    protocol_version = "HTTP/1.1"
    extensions_map = {".mjs": "text/javascript", ".js": "text/javascript", ".html": "text/html"} | {
        ".wasm": "application/wasm",
        ".css": "text/css",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        "": "application/octet-stream",
    }

    def log_message(self, *arguments):
        """Requests are not news."""

    def translate_path(self, path):
        name = urlsplit(path).path
        if name.startswith("/pyodide/"):
            return str(pyodide.FOLDER / name.removeprefix("/pyodide/"))
        if name == "/lite/jupyter-lite.json":
            return str(self.server.settings)
        return super().translate_path(path)


@pytest.fixture(scope="module")
def address(distribution, tmp_path_factory):
    # As for a school without network: the distribution is a folder beside the book.
    folder = tmp_path_factory.mktemp("settings")
    path = Path(shutil.copy(LITE / "jupyter-lite.json", folder))
    config = SimpleNamespace(html_title="A school", pyodide_url="pyodide")
    live.configure(folder, SimpleNamespace(config=config))
    settings = json.loads(path.read_text())
    settings["jupyter-config-data"]["exposeAppInBrowser"] = True
    path.write_text(json.dumps(settings))
    handler = functools.partial(Handler, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.settings = path
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def compared(page, cells):
    """The ids of cells that say something else than is committed; explorers are left out."""
    committed = {cell.id: cell for cell in nbformat.read(ROOT / f"{page}.ipynb", 4).cells}
    live_cells = {cell["id"]: cell for cell in cells if cell["cell_type"] == "code"}
    expected = {name: cell for name, cell in committed.items() if cell.cell_type == "code"}
    assert expected.keys() == live_cells.keys() - {"install"}
    return [
        name
        for name, cell in expected.items()
        if "nbval-ignore-output" not in cell.metadata.get("tags", ())
        and words(cell.outputs) != words(live_cells[name]["outputs"])
    ]


def loaded(requests):
    """The megabytes of Pyodide among the requests, compressed as by a public server."""
    paths = {urlsplit(url).path for url in requests}
    names = {path.removeprefix("/pyodide/") for path in paths if path.startswith("/pyodide/")}
    files = [(pyodide.FOLDER / name).read_bytes() for name in names]
    return sum(min(len(data), len(gzip.compress(data))) for data in files) / 1e6


@pytest.mark.parametrize("page", OPENED)
def test_a_click_runs_the_page_and_a_slider_recomputes(page, browser, address, capsys):
    with browser.new_context(viewport={"width": 1200, "height": 900}) as context:
        tab, faults, requests = context.new_page(), [], []
        context.on("request", lambda request: requests.append(request.url))
        context.on("console", lambda said: said.type == "error" and faults.append(said.text))
        context.on("weberror", lambda error: faults.append(str(error.error)))
        tab.goto(f"{address}/{page}.html")
        start = time.perf_counter()
        tab.click(".pgbook-run a")
        tab.wait_for_function(READY, timeout=PATIENCE * 1000)
        tab.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        tab.wait_for_function(f"() => {FIRST}", timeout=PATIENCE * 1000)
        first = time.perf_counter() - start
        tab.wait_for_function(ENDED, timeout=PATIENCE * 1000)
        cells = tab.evaluate(f"() => {APP}?.model.toJSON().cells")
        assert [error["evalue"] for error in tab.evaluate(f"() => {FAILED}")] == []
        assert compared(page, cells) == []
        handle = tab.locator(".widget-slider .noUi-handle").first
        handle.scroll_into_view_if_needed()
        area = handle.locator("xpath=ancestor::div[contains(@class, 'jp-OutputArea')][last()]")
        before = area.inner_text()
        handle.press("ArrowRight")
        tab.wait_for_function("([area, before]) => area.innerText !== before",
                              arg=[area.element_handle(), before], timeout=60_000)  # fmt: skip
        assert faults == []
        others = {
            url for url in requests if urlsplit(url).netloc not in ("", urlsplit(address).netloc)
        }
        assert others == set()
        assert loaded(requests) == pytest.approx(float(live.SIZE.removesuffix(" MB")), abs=2)
    with capsys.disabled():
        print(f"  {page}: first result {first:.1f} s after the click")


def test_every_page_and_the_ledger_run_under_pyodide(distribution):
    node = shutil.which("node")
    if node is None:
        absent(
            "Node is not installed, so no page was run in Pyodide; on Debian: apt install nodejs"
        )
    script = Path(__file__).with_name("under_pyodide.mjs")
    ran = subprocess.run(
        [node, str(script), str(distribution), str(ROOT)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith('{"page"')]
    assert {line["page"] for line in lines} == {
        str(p.relative_to(ROOT / "book")) for p in notebooks.pages()
    }
    assert [line for line in lines if line["wrong"]] == []


def test_the_wheels_can_be_installed():
    wheels = list((LITE / "pypi").glob("*.whl"))
    assert {wheel.name.split("-")[0] for wheel in wheels} == {*live.WHEELS, "pgbook"}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            assert archive.testzip() is None
            kinds = {Path(name).name for name in archive.namelist() if ".dist-info/" in name}
            assert {"METADATA", "WHEEL"} <= kinds, wheel.name


def test_the_application_is_small_and_has_no_maps_of_its_sources():
    files = [path for path in LITE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST
    assert not [path for path in files if path.suffix == ".map"]
    assert {path.parent.name for path in LITE.glob("*/index.html")} <= {"notebooks", "tree", "doc"}


@each_notebook
def test_the_page_leads_to_its_notebook_and_says_what_a_click_loads(page):
    html = (HTML / f"{page}.html").read_text("utf-8")
    (line,) = re.findall(r'<p class="pgbook-run">.*?</p>', html)
    link = re.search(r'href="([^"]*)"', line)[1]
    assert (HTML / page).parent.joinpath(urlsplit(link).path).resolve().exists()
    assert urlsplit(link).query == f"path={page}.ipynb"
    assert live.SIZE in line and urlsplit(PYODIDE_CDN_URL).netloc in line
    folder, name = page.rsplit("/", 1)
    listed = json.loads((LITE / "api" / "contents" / folder / "all.json").read_text())
    assert f"{name}.ipynb" in {entry["name"] for entry in listed["content"]}


@each_notebook
@pytest.mark.parametrize("folder", [LITE / "files", HTML / "_sources"], ids=["live", "download"])
def test_nothing_that_only_the_book_knows_is_left_in_the_notebook(page, folder):
    notebook = nbformat.read(folder / f"{page}.ipynb", as_version=4)
    said = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{[\w:]+\}`", said), "a role"
    assert not re.search(r"^\([\w-]+\)=", said, re.MULTILINE), "a target"
    kinds = set(re.findall(r"^[:`]{3,}\{([\w:-]+)\}", said, re.MULTILINE))
    assert kinds <= {"admonition", "dropdown", "grid", "grid-item-card"}
    assert not re.search(r"\]\(#", said), "an anchor"
    for link in re.findall(rf"\]\({served.HERE}([^)#]*)", said):
        assert (HTML / link).exists(), link


@each_notebook
def test_theorems_and_exercises_have_the_numbers_of_the_page(page):
    html = (HTML / f"{page}.html").read_text("utf-8")
    numbered = re.findall(r'<span class="caption-number">((?!Fig)\w+ \d+) </span>', html)
    said = "\n\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    found = re.findall(
        r"^(?:### |[:`]{3,}\{admonition\} )((?:Definition|Exercise|Lemma|Theorem) \d+)\b",
        said,
        re.MULTILINE,
    )
    assert found == numbered
    assert re.findall(r"\\tag\{(\d+)\}", said) == re.findall(r'class="eqno">\((\d+)\)', html)


@each_notebook
def test_solutions_are_folded_and_the_package_is_installed_first(page):
    notebook = read(page)
    solutions = [cell for cell in notebook.cells if cell.source.startswith("#### Solution")]
    assert all(cell.metadata.get("jp-MarkdownHeadingCollapsed") for cell in solutions)
    said = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for options in re.findall(r"\{admonition\} Solution.*\n(.*)", said):
        assert options == ":class: dropdown"
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert "%pip install -q pgbook==" in first.source
    source = nbformat.read(HTML / "_sources" / f"{page}.ipynb", 4)
    assert served.HERE not in nbformat.writes(source)


def test_a_download_installs_the_package_from_the_address_of_the_book(tmp_path, monkeypatch):
    page = tmp_path / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), page)
    env = SimpleNamespace(doc2path=lambda _: page, titles={"book/page": nodes.title("", "Title")})
    monkeypatch.setattr(served.Server, "_references", lambda *_: {})

    def cells(address):
        config = SimpleNamespace(html_baseurl=address, html_title="Book")
        server = served.Server(SimpleNamespace(config=config, env=env), {})
        return [cell.source for cell in server.download("book/page").cells]

    assert cells("") == ["*This notebook belongs to the page Title of the book Book.*"]
    welcome, install = cells("https://a.b/c")
    assert "[Title](https://a.b/c/book/page.html)" in welcome
    (wheel,) = (LITE / "pypi").glob("pgbook-*.whl")
    assert install.endswith(f"pgbook@https://a.b/c/{wheel.relative_to(HTML)}")


def test_the_distribution_that_is_named_is_the_one_that_the_kernel_asks_for():
    release = re.search(r"/v([\d.]+)/", PYODIDE_CDN_URL)[1]
    assert f"`pyodide-{release}.tar.bz2`" in (ROOT / "CONTRIBUTING.md").read_text()


def test_a_page_runs_elsewhere_once_there_are_addresses():
    def places(repository="", published="", base=""):
        options = {"repository_url": repository, "repository_branch": "main"}
        config = {
            "html_theme_options": options,
            "published_branch": published,
            "html_baseurl": base,
        }
        return live.elsewhere(SimpleNamespace(config=SimpleNamespace(**config)), "book/a/b")

    binder = "https://mybinder.org/v2/git/https%3A%2F%2F{}/main?urlpath=lab/tree/book/a/b.ipynb"
    assert places() == places(published="pages", base="https://c.d") == {}
    assert places("https://git.example/a/b", "pages", "https://c.d") == {
        "Binder": binder.format("git.example%2Fa%2Fb")
    }
    assert places("https://github.com/a/b/") == {"Binder": binder.format("github.com%2Fa%2Fb")}
    colab = places("https://github.com/a/b", "pages", "https://c.d")["Colab"]
    assert colab.endswith("/github/a/b/blob/pages/_sources/book/a/b.ipynb")
