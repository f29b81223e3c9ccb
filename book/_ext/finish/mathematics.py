"""Mathematics, typeset by MathJax when the book is built, so that pages need no script for it."""

import html
import json
import re
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.ext import mathjax
from sphinx.util import logging

from finish import parallel

MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
PARTS = ("adaptors/liteDOM", "input/tex", "output/chtml", "a11y/assistive-mml")
FILES = ("core.js", *(f"{part}.js" for part in PARTS), "output/chtml/fonts/tex.js")
FONTS = "output/chtml/fonts/woff-v2"
STYLES = "mathematics.css"
FORMULA = re.compile(
    r'(<(?P<tag>div|span) class="(?:[^"]* )?math[ "][^>]*>'
    r'\s*(?:<span class="eqno">.*?</span>)?\s*)'
    r"\\(?P<open>[(\[])(?P<tex>[^<]*?)\\[)\]]\s*(?=</(?P=tag)>)",
    re.DOTALL,
)
MARKED = re.compile(r'(<span class="math [^>]*>\\\([^<]*\\\)</span>)([.,;:!?)]+)')
START = """
var global = globalThis;
var MathJax = {
  loader: {
    paths: {mathjax: ""},
    load: PARTS,
    require: name => (0, eval)(FILES[name.replace(/^[/]+/, "")]),
  },
  startup: {typeset: false},
  tex: {packages: {"[-]": ["noundefined"]}},
  chtml: {fontURL: "FONTS"},
};
(0, eval)(FILES["startup.js"]);
var typeset = (tex, display) => MathJax.tex2chtmlPromise(tex, {display})
  .then(node => MathJax.startup.adaptor.outerHTML(node));
MathJax.startup.promise.then(() => true)
"""

Formula = tuple[str, bool]  # TeX, and whether it is displayed


def setup(app: Sphinx) -> None:
    """Leave formulas in the pages as TeX, as for MathJax, but without its script."""
    inline, display = mathjax.html_visit_math, mathjax.html_visit_displaymath
    app.add_html_math_renderer("typeset", (inline, None), (display, None))
    app.connect("builder-inited", lambda app: app.add_css_file(STYLES))


def typeset(pages: Mapping[Path, str], app: Sphinx) -> dict[Path, str]:
    """The pages with their formulas typeset; style sheet and fonts go to the book's `_static`.

    A formula that MathJax refuses is a warning, which ends a strict build.
    """
    found = {_formula(match) for page in pages.values() for match in FORMULA.finditer(page)}
    formulas, rules = _typeset_all(sorted(found), app)
    folder = Path(app.outdir)
    ready = {path: with_formulas(page, formulas.__getitem__) for path, page in pages.items()}
    for path, page in ready.items():
        for message in re.findall(r'data-mjx-error="(.*?)"', page):
            logging.getLogger(__name__).warning("%s: %s", path.relative_to(folder), message)
    (folder / "_static" / STYLES).write_text("\n\n".join(rules), encoding="utf-8")
    shutil.copytree(MATHJAX / FONTS, folder / "_static" / "mathjax", dirs_exist_ok=True)
    return ready


def with_formulas(page: str, typeset: Callable[[Formula], str]) -> str:
    """The page with its formulas typeset, none of them parted from the mark after it."""
    page = MARKED.sub(r'<span class="pgbook-unbroken">\1\2</span>', page)
    return FORMULA.sub(lambda match: match[1] + typeset(_formula(match)), page)


def _formula(match: re.Match[str]) -> Formula:
    return html.unescape(match["tex"]), match["open"] == "["


def _typeset_all(
    formulas: list[Formula], app: Sphinx
) -> tuple[dict[Formula, str], dict[str, None]]:
    """All formulas, typeset in several processes, and the rules of style that they need."""
    ready, rules, tasks = {}, {}, parallel.tasks(app)

    def keep(*given: tuple[dict[Formula, str], list[str]]) -> None:
        ready.update(given[-1][0])
        rules.update(dict.fromkeys(given[-1][1]))

    for first in range(app.parallel):
        tasks.add_task(_typeset, formulas[first :: app.parallel], keep)
    tasks.join()
    return ready, rules


def _typeset(formulas: list[Formula]) -> tuple[dict[Formula, str], list[str]]:
    mathjax = MathJax()
    return {formula: mathjax.typeset(formula) for formula in formulas}, mathjax.rules()


class MathJax:
    """MathJax in an engine of its own, without a browser."""

    def __init__(self) -> None:
        paths = [MATHJAX / name for name in ("startup.js", *FILES)]
        paths += (MATHJAX / "input/tex/extensions").glob("*.js")
        files = {path.relative_to(MATHJAX).as_posix(): path.read_text() for path in paths}
        start = START.replace("PARTS", json.dumps(PARTS)).replace("FONTS", "mathjax")
        with ThreadPoolExecutor(1) as alone:  # where an event loop runs, it would wait for itself
            self._engine = alone.submit(MiniRacer).result()
        self._engine.eval(f"var FILES = {json.dumps(files)}; {start}").get()

    def typeset(self, formula: Formula) -> str:
        """A formula as HTML, with MathML for those who listen."""
        tex, display = formula
        return self._engine.eval(f"typeset({json.dumps(tex)}, {json.dumps(display)})").get()

    def rules(self) -> list[str]:
        """The rules of style for all that has been typeset."""
        sheet = "MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet())"
        return self._engine.eval(sheet).split("\n\n")
