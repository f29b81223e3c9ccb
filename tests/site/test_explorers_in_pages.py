"""What a reader does with an explorer: on a phone, by keyboard, by a link, in print, without."""

import re

import pytest
from built import HTML, pages
from test_browser import Opened

# Pages with an explorer, each with the names of those that it holds.
ON_PAGES = {
    page: re.findall(r'<section class="pgbook-explorer" id="([^"]+)"', path.read_text("utf-8"))
    for page in pages()
    if (path := HTML / f"{page}.html").exists()
}
WITH_EXPLORERS = [page for page, names in ON_PAGES.items() if names]
PAGE, NAME = "book/bandits/sampling", "explorer-frequencies"
