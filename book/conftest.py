"""What `pytest --nbval book` compares: text, formulas and tables, not pictures.

nbval leaves out PNG by itself; the figures of this book are SVG. Next to each figure
the notebooks print a number that would move if the figure were wrong.
"""


def pytest_collection_modifyitems(items):
    """Add SVG to what nbval leaves out."""
    notebooks = {item.parent for item in items if hasattr(item.parent, "skip_compare")}
    for notebook in notebooks:
        notebook.skip_compare += ("image/svg+xml",)
