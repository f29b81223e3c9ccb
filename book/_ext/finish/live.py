"""Run this page: its notebook in JupyterLite, beside the book, with Python in the browser.

The application is built once for each state of the package and the environment, and kept; the
notebooks, which change with each page, are only written into it.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import nbformat
from docutils import nodes
from jupyterlite_core.constants import ALL_JSON, JUPYTERLITE_JSON
from jupyterlite_pyodide_kernel.constants import (
    PYODIDE_CDN_URL,
    PYODIDE_KERNEL_PLUGIN_ID,
    PYODIDE_MJS,
    PYPI_WHEELS,
)
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from finish.served import HERE, Server

GITHUB = "https://github.com/"
BINDER = "https://mybinder.org/v2/git"
COLAB = "https://colab.research.google.com/github"
FOLDER = "lite"  # of the application, in the built book
WHEELS = (  # what the distribution of Pyodide lacks
    "cloudpickle",
    "comm",
    "farama_notifications",
    "gymnasium",
    "ipywidgets",
    "jupyterlab_widgets",
)
PRELOADED = ["ipython", "jedi", "matplotlib", "micropip", "numpy", "sympy", "tqdm"]
SIZE = "28 MB"  # what a first click loads; `tests/site/test_live.py` measures it
LINE = (
    '<p class="pgbook-run"><a href="{address}" rel="nofollow">Run this page</a> '
    "<span>in your browser: loads Python, about {size}, from {host}{others}</span></p>"
)
OPEN = "gives the first hint.</p>"  # ends what an exercise says of its blanks
ANSWER = (
    '<p class="pgbook-answer"><a href="{address}" rel="nofollow">'
    "Check your answer: run this page</a></p>"
)
BUILD = ("--apps", "notebooks", "--no-sourcemaps", "--no-unused-shared-packages", "--no-libarchive")
# Where the book is, the browser knows: what is read gets the address in place of `HERE`.
START = """<link rel="icon" href="../../_static/favicon.svg">
    <script>
    const load = fetch, book = new URL("../../", location.href).href;
    window.fetch = async (request, options) => {
      const answer = await load(request, options);
      if (!/\\/(files\\/.*\\.ipynb|jupyter-lite\\.json)/.test(answer.url)) return answer;
      return new Response((await answer.text()).replaceAll("HERE", book), answer);
    };
    </script>
    """.replace("HERE", HERE)


def setup(app: Sphinx) -> None:
    """Add the link to each page with code; `publish` adds what it leads to, once all is written."""
    app.add_config_value("pyodide_url", "", "html")
    app.add_config_value("published_branch", "", "html")
    app.connect("env-before-read-docs", begin)
    app.connect("html-page-context", invite)


def has_code(app: Sphinx, page: str) -> bool:
    """Whether a page is a notebook."""
    return page in app.env.found_docs and app.env.doc2path(page).endswith(".ipynb")


def invite(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Put under the title what runs the page, and what that will load."""
    if tree is None or not has_code(app, page):
        return
    address = context["pathto"](f"{FOLDER}/notebooks/index.html", resource=True)
    address = f"{address}?path={page}.ipynb"
    host = urlsplit(source(app)).netloc or "this site"
    others = "".join(
        f'; or on <a href="{place}" rel="nofollow">{name}</a>'
        for name, place in elsewhere(app, page).items()
    )
    line = LINE.format(address=address, size=SIZE, host=host, others=others)
    body = context["body"].replace("</h1>", f"</h1>\n{line}", 1)
    context["body"] = body.replace(OPEN, OPEN + ANSWER.format(address=address))


def elsewhere(app: Sphinx, page: str) -> dict[str, str]:
    """Where else the page runs, with an account or a wait: needs the addresses of `_config.yml`."""
    options, published = app.config.html_theme_options, app.config.published_branch
    repository = options.get("repository_url", "").rstrip("/")
    places = {}
    if repository:
        start = f"{quote(repository, safe='')}/{options['repository_branch']}"
        places["Binder"] = f"{BINDER}/{start}?urlpath=lab/tree/{page}.ipynb"
    if repository.startswith(GITHUB) and published and app.config.html_baseurl:
        # Of the built book, where the first cell of a notebook installs the package.
        path = f"{repository.removeprefix(GITHUB)}/blob/{published}/_sources/{page}.ipynb"
        places["Colab"] = f"{COLAB}/{path}"
    return places


def source(app: Sphinx) -> str:
    """The folder from which browsers load Pyodide: a public one, or one beside the book."""
    return (app.config.pyodide_url or PYODIDE_CDN_URL).rstrip("/")


def begin(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Start to build the application, if it has changed, in a process beside the pages."""
    kept, key = Path(app.outdir).parent / FOLDER, digest(Path(app.confdir))
    app.live_build = None
    if app.builder.format == "html" and _read(kept / "key") != key:
        if any(has_code(app, name) for name in env.found_docs):
            app.live_build = Build(kept, key)


def publish(app: Sphinx, pages: Mapping[Path, str]) -> None:
    """Write the application, and the notebooks of the book in it."""
    out = Path(app.outdir)
    names = [name for name in sorted(app.env.found_docs) if has_code(app, name)]
    if not names:
        return
    kept, lite = out.parent / FOLDER, out / FOLDER
    if app.live_build:
        app.live_build.finish()
    if _read(lite / "key") != _read(kept / "key"):
        shutil.rmtree(lite, ignore_errors=True)
        shutil.copytree(kept, lite)
    configure(lite, app)
    server = Server(app, pages)
    notebooks = {}
    for name in names:
        live, download = server.live(name), server.download(name)
        notebooks[f"{name}.ipynb"] = nbformat.writes(live)
        (out / "_sources" / f"{name}.ipynb").write_text(nbformat.writes(download), "utf-8")
    store(notebooks, lite)


def digest(root: Path) -> str:
    """Of all that the application is built from."""
    files = [*(root / "pgbook").rglob("*"), root / "requirements.txt", Path(__file__)]
    total = hashlib.sha256(version("pgbook").encode())
    for path in sorted(path for path in files if path.is_file() and path.suffix != ".pyc"):
        total.update(path.read_bytes())
    return total.hexdigest()


class Build:
    """The application with its wheels, but without notebooks, as it is being built."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key = folder, key
        self.work = folder.with_name(f"{folder.name}-work")
        for old in (folder, self.work):
            shutil.rmtree(old, ignore_errors=True)
        (self.work / PYPI_WHEELS).mkdir(parents=True)
        for name in (*WHEELS, "pgbook"):
            pack(name, self.work / PYPI_WHEELS)
        command = [sys.executable, "-m", "jupyterlite_core", "build", *BUILD]
        command += ["--lite-dir", str(self.work), "--output-dir", str(folder)]
        self.log = (self.work / "log").open("w+")
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=subprocess.STDOUT, cwd=self.work
        )

    def finish(self) -> None:
        """Wait until it is built, and mark it as complete."""
        failed = self.process.wait()
        with self.log:
            self.log.seek(0)
            if failed:
                raise RuntimeError(f"The live pages cannot be built:\n{self.log.read()}")
        shutil.rmtree(self.work)
        start = self.folder / "notebooks" / "index.html"
        html = start.read_text("utf-8").replace("<script", f"{START}<script", 1)
        start.write_text(html, "utf-8")
        (self.folder / "key").write_text(self.key)


def pack(name: str, folder: Path) -> None:
    """Pack an installed package as a wheel, without what lies beside it; always the same bytes."""
    # Beside the sources lies a record of the package that is no part of a wheel.
    (found,) = (x for x in distributions(name=name) if any("dist-info" in str(f) for f in x.files))
    files = {str(path): Path(path.locate()) for path in found.files if ".." not in path.parts}
    files = {path: file for path, file in files.items() if not path.startswith("__editable__")}
    if name == "pgbook":
        package = Path(__file__).parents[3] / name
        files |= {str(file.relative_to(package.parent)): file for file in package.rglob("*")}
    wheel = folder / f"{name}-{found.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in sorted(files.items()):
            if file.is_file() and file.suffix != ".pyc":
                archive.writestr(zipfile.ZipInfo(path), file.read_bytes(), zipfile.ZIP_DEFLATED)


def configure(lite: Path, app: Sphinx) -> None:
    """Say in the application what it is called, and where Pyodide comes from."""
    path = lite / JUPYTERLITE_JSON
    settings = json.loads(path.read_text("utf-8"))
    config = settings["jupyter-config-data"]
    config |= {"appName": app.config.html_title, "contentsAllJsonFile": ALL_JSON}
    # The copies of an old version, which readers have changed, do not hide the new one.
    config["contentsStorageName"] = f"pgbook {version('pgbook')}"
    config["litePluginSettings"][PYODIDE_KERNEL_PLUGIN_ID] |= {
        "pyodideUrl": f"{urljoin(HERE, source(app))}/{PYODIDE_MJS}",
        "loadPyodideOptions": {"packages": PRELOADED},
    }
    path.write_text(json.dumps(settings), "utf-8")


def store(notebooks: Mapping[str, str], lite: Path) -> None:
    """Write notebooks, and the lists of them that take the place of a server."""
    for folder in ("files", "api/contents"):
        shutil.rmtree(lite / folder, ignore_errors=True)
    listed: dict[str, dict[str, Any]] = {}
    for path, text in notebooks.items():
        file = lite / "files" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        entry = {**model(path, "notebook"), "size": len(text.encode())}
        for parent in Path(path).parents:
            name = "" if parent == Path() else parent.as_posix()
            listed.setdefault(name, {})[entry["path"]] = entry
            entry = model(name, "directory")
    for path, entries in listed.items():
        file = lite / "api" / "contents" / path / ALL_JSON
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = {**model(path, "directory"), "format": "json", "content": [*entries.values()]}
        file.write_text(json.dumps(whole), "utf-8")


def model(path: str, kind: str) -> dict[str, Any]:
    """What a Jupyter server says of a file."""
    time = {"created": "2026-01-01T00:00:00Z", "last_modified": "2026-01-01T00:00:00Z"}
    empty = dict.fromkeys(("content", "format", "mimetype", "hash", "hash_algorithm", "size"))
    return {"name": Path(path).name, "path": path, "type": kind, "writable": True} | empty | time


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
