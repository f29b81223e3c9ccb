"""The code behind a page, shown on the page."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cached_property

from IPython.display import Markdown


def source(*functions: Callable | property | cached_property) -> Markdown:
    """The source of functions, methods or properties without their docstrings, as one block."""
    return Markdown("```python\n" + "\n\n".join(map(_listed, functions)) + "\n```")


def _listed(function: Callable | property | cached_property) -> str:
    match function:
        case property():
            function = function.fget
        case cached_property():
            function = function.func
    text = textwrap.dedent(inspect.getsource(function)).rstrip()
    lines, (definition,) = text.splitlines(), ast.parse(text).body
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
