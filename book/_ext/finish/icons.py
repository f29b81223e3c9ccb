"""Font Awesome, reduced to the icons in use; its script, which draws them anew, goes."""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from fontTools import subset

FAMILIES = {  # the classes that ask for a font
    "fa-solid-900": {"fa-solid", "fas", "fa"},
    "fa-regular-400": {"fa-regular", "far"},
    "fa-brands-400": {"fa-brands", "fab"},
}
GLYPH = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
FACE = re.compile(r"@font-face\{[^}]*?url\(\.\./webfonts/([\w-]+)\.woff2\)[^}]*\}")


def reduce(pages: Mapping[Path, str], folder: Path) -> dict[Path, str]:
    """The pages without the script of Font Awesome; its files in the folder are reduced."""
    (vendor,) = (folder / "_static" / "vendor" / "fontawesome").iterdir()
    styles = vendor / "css" / "all.min.css"
    scripts = (path.read_text("utf-8") for path in (folder / "_static").glob("scripts/*.js"))
    used = names([*pages.values(), *scripts])
    kept = {font for font, classes in FAMILIES.items() if classes & used}
    sheet, points = reduced(styles.read_text("utf-8"), used, kept)
    others = folder.glob("_static/**/*.css")
    sheets = [path.read_text("utf-8") for path in others if vendor not in path.parents]
    points |= {
        int(point, 16) for text in sheets for point in re.findall(r'"\\(f[0-9a-f]{3})"', text)
    }
    shutil.rmtree(vendor / "js")
    for path in [*(vendor / "css").iterdir(), *(vendor / "webfonts").iterdir()]:
        if path.suffix == ".woff2" and path.stem in kept:
            shrink(path, points)
        else:
            path.unlink()
    styles.write_text(sheet, encoding="utf-8")
    return {path: without(html, kept) for path, html in pages.items()}


def names(texts: Iterable[str]) -> set[str]:
    """The classes of Font Awesome that pages and scripts name."""
    return {name for text in texts for name in re.findall(r"\bfa(?:[bsr]\b|-[a-z0-9-]+)", text)}


def reduced(sheet: str, used: set[str], kept: set[str]) -> tuple[str, set[int]]:
    """The style sheet for the icons and fonts in use, and the characters of those icons."""
    points = set()

    def glyph(rule: re.Match[str]) -> str:
        if not used & set(re.findall(r"fa-[\w-]+", rule[1])):
            return ""
        points.add(int(rule[2], 16))
        return rule[0]

    sheet = GLYPH.sub(glyph, sheet)
    sheet = FACE.sub(lambda face: face[0] if face[1] in kept else "", sheet)
    return re.sub(r',url\([^)]*\.ttf\) format\("truetype"\)', "", sheet), points


def shrink(path: Path, points: set[int]) -> None:
    """Keep only some characters of a font."""
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    subset.save_font(font, str(path), options)


def without(html: str, kept: set[str]) -> str:
    """The page without the script, and without fonts that it does not use."""
    html = re.sub(r'<script src="[^"]*/fontawesome/[^"]*"></script>\n?', "", html)
    preload = r'<link [^>]*/webfonts/([\w-]+)\.woff2"[^>]*>\n?'
    return re.sub(preload, lambda link: link[0] if link[1] in kept else "", html)
