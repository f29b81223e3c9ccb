"""What a cell shows, in words: for tests here, and for those that run in Pyodide."""

import re


def words(outputs):
    """Words of what a cell has printed, then of what it displays, pictures aside."""
    streams = [output["text"] for output in outputs if "text" in output]
    displayed = [output["data"] for output in outputs if "data" in output]
    texts = [data[kind] for data in displayed for kind in sorted(data) if kind.startswith("text/")]
    whole = " ".join("".join(text) for text in [*streams, *texts])
    return re.sub(r"<Figure size \S+", "<Figure", whole).split()  # it follows widths of letters
