"""What a word of the glossary means, shown to those who point at a link to it."""

import re
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
LINK = re.compile(r'href="[^"]*glossary\.html#(term-[\w-]+)"')
CARD = '<div class="pgbook-card" id="card-{term}" popover role="tooltip">{meaning}</div>'


def setup(app: Sphinx) -> None:
    """Put the cards at the end of each page."""
    app.connect("html-page-context", add_cards)


def add_cards(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the meaning of each term that the page links to; `book.js` shows it beside the link."""
    linked = set(LINK.findall(context.get("body", ""))) if tree is not None else ()
    if not linked or page == GLOSSARY or GLOSSARY not in app.env.all_docs:
        return
    for entry in app.env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        for term in linked.intersection(*(part["ids"] for part in entry.findall(nodes.term))):
            meaning = app.builder.render_partial(meaning_of(entry))["fragment"]
            context["body"] += CARD.format(term=term, meaning=meaning)


def meaning_of(entry: nodes.definition_list_item) -> nodes.paragraph:
    """What an entry says, without the pages that it names at its end in brackets."""
    (meaning,) = entry.deepcopy().findall(nodes.paragraph)
    pages = [node for node in meaning.findall(pending_xref) if node["reftype"] == "doc"]
    if pages:
        kept, text = meaning.children[: meaning.index(pages[0])], ""
        while kept and isinstance(kept[-1], nodes.Text):
            text = kept.pop().astext() + text
        meaning.children = [*kept, nodes.Text(text.rpartition("(")[0].rstrip() + ".")]
    for link in list(meaning.findall(pending_xref)):
        link.parent.replace(link, link.children)
    return meaning
