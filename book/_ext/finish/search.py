"""A search for words: the index holds neither code nor its outputs, nor formulas."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

UNREAD = (nodes.literal_block, nodes.raw, nodes.math, nodes.math_block)


def setup(app: Sphinx) -> None:
    """Name the terms that lead to a page in the configuration, as `search_terms`."""
    app.add_config_value("search_terms", {}, "html", dict)
    app.connect("builder-inited", index_words)


def index_words(app: Sphinx) -> None:
    """Let the index see only the words of each page, and the terms that lead to it."""
    builder = app.builder
    if builder.format != "html":
        return
    feed_all = builder.index_page

    def feed_words(page: str, tree: nodes.document, title: str) -> None:
        tree = words(tree)
        for term in app.config.search_terms.get(page, ()):
            tree += addnodes.index(entries=[("single", term, "", "main", None)])
        feed_all(page, tree, title)

    builder.index_page = feed_words


def words(tree: nodes.document) -> nodes.document:
    """A copy of the page without code cells, but with their captions, and without formulas."""
    tree = tree.deepcopy()
    for cell in [c for c in tree.findall(nodes.container) if "cell" in c["classes"]]:
        cell.parent.replace(cell, list(cell.findall(nodes.caption)))
    for node in list(tree.findall(lambda node: isinstance(node, UNREAD))):
        node.parent.remove(node)
    return tree
