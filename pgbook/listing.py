"""The code behind a page, shown on the page."""

import ast
import inspect
import textwrap
from collections.abc import Callable

from IPython.display import Markdown


def source(*functions: Callable) -> Markdown:
    """The source of functions or methods without their docstrings, as one block of code."""
    return Markdown("```python\n" + "\n\n".join(map(_listed, functions)) + "\n```")


def _listed(function: Callable) -> str:
    text = textwrap.dedent(inspect.getsource(function)).rstrip()
    lines, (definition,) = text.splitlines(), ast.parse(text).body
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
