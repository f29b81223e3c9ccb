"""What Sphinx's autodoc does not know of the package: a small extension for the reference.

It gives each check and derivation its claim and its code, shows what a function returns if that is
a class of the package, and finds names as docstrings write them, `policies.softmax` or `mdp.MDP`.
"""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon.docstring import NumpyDocstring
from sphinx_codeautolink import extension
from sphinx_codeautolink.extension import block
from sphinx_codeautolink.extension.block import CodeBlockAnalyser

from finish import parallel

CODE = re.compile(
    r'<div class="(?:doctest )?highlight-[\w-]+ notranslate">.*?</pre></div>\n</div>', re.DOTALL
)

WAITING: list[tuple[tuple, dict]] = []


class TitledSections(CodeBlockAnalyser):
    """What finds the names in cells; theorems are sections too, but without a title."""

    def visit_title(self, node: nodes.title) -> None:
        """Enter the section of a title; the title of a box has none."""
        if isinstance(node.parent, nodes.section):
            super().visit_title(node)

    def depart_section(self, node: nodes.section) -> None:
        """Leave a section."""
        if any(isinstance(child, nodes.title) for child in node):
            super().depart_section(node)


def show_checks(
    app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Show of a check the claims that it stands for, and the code, which says everything else."""
    if checks := getattr(value, "checks", ()):
        claims = dict.fromkeys(claim for claim, _ in checks)  # each once
        said = ", ".join(f":ref:`{claim} <{claim.lower()}>`" for claim in claims)
        code = indent(inspect.getsource(value), "    ").splitlines()
        # The names in it are those of its module.
        scope = f".. autolink-preface:: from {value.__module__} import *"
        lines += ["", f"Claim {said}:", "", scope, "", ".. code-block:: python", "", *code, ""]


def keep_checks(
    app: Sphinx, what: str, name: str, value: object, skip: bool, options: object
) -> bool | None:
    """Show checks, whose docstring is their decorator."""
    return False if getattr(value, "checks", ()) else None


def show_returned(
    app: Sphinx, what: str, name: str, value: object, options: object, arguments: str, _: str
) -> tuple[str, str | None] | None:
    """Show what a function returns if it is a class of the package."""
    returned = getattr(value, "__annotations__", {}).get("return")
    if not inspect.isclass(returned) or not returned.__module__.startswith("pgbook."):
        return None
    return arguments, f"~{_definition(returned)}"


def find_in_scope(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Resolve a name of a docstring as Python would: in its module, or after `pgbook`."""
    if node.get("refdomain") != "py":
        return None
    for scope in (node.get("py:module"), "pgbook"):
        try:
            value = attrgetter(node["reftarget"])(import_module(scope or "pgbook"))
            name = value.__name__ if inspect.ismodule(value) else _definition(value)
        except AttributeError:
            continue
        domain = env.get_domain("py")
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, content)
    return None


def link_pages(app: Sphinx, error: Exception | None) -> None:
    """Link the names in the code of all pages that wait for it."""
    tasks = parallel.tasks(app)
    for given, options in [] if error else WAITING:
        tasks.add_task(lambda call: _link_page(*call[0], **call[1]), (given, options))
    tasks.join()
    WAITING.clear()


def _wait(*given: object, **options: object) -> None:
    """Do nothing yet: codeautolink would link one page after the other."""
    WAITING.append((given, options))


def _link_page(document: str, folder: str, *given: object, **options: object) -> None:
    """Link the names in a page's code; the rest of the page is not parsed, and stays as it is."""
    page, rule = Path(folder) / f"{document}.html", "\n<hr/>\n"
    html = page.read_text(encoding="utf-8")
    with TemporaryDirectory() as elsewhere:
        short = Path(elsewhere) / f"{document}.html"
        short.parent.mkdir(parents=True, exist_ok=True)
        short.write_text(rule.join(CODE.findall(html)), encoding="utf-8")
        block.link_html(document, elsewhere, *given, **options)
        linked = iter(short.read_text(encoding="utf-8").split(rule))
    page.write_text(CODE.sub(lambda _: next(linked), html), encoding="utf-8")


def keep_own_code(app: Sphinx, env: BuildEnvironment) -> None:
    """Show the code of no other package, whose wrappers viewcode takes for documented."""
    modules = env._viewcode_modules.items()
    env._viewcode_modules = {name: code for name, code in modules if name.startswith("pgbook")}


def _definition(value: type | Callable) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _plain(text: str) -> str:
    """Text that reStructuredText leaves as it is."""
    return re.sub(r"([*`|_\\])", r"\\\1", text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("autodoc-process-docstring", show_checks, priority=600)  # after Napoleon
    app.connect("autodoc-skip-member", keep_checks)
    app.connect("autodoc-process-signature", show_returned)
    extension.CodeBlockAnalyser = TitledSections
    extension.link_html = _wait
    app.connect("build-finished", link_pages, priority=510)  # after codeautolink, before the rest
    # What stands before a colon in the text of a property or a constant is not its type.
    NumpyDocstring._parse_attribute_docstring = NumpyDocstring._consume_to_end
    app.connect("missing-reference", find_in_scope)
    app.connect("env-updated", keep_own_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
