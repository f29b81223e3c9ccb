"""What the README prints is what its example prints."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_example_prints_what_the_readme_says():
    code, answer = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", README, re.DOTALL).groups()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == answer, result.stderr
    assert len([line for line in code.splitlines() if line]) == 6


def test_the_screenshot_is_there():
    (image,) = re.findall(r"!\[.{40,}\]\((.*?)\)", README)
    assert (ROOT / image).read_bytes().startswith(b"\x89PNG")


def test_the_commands_are_targets_of_the_makefile():
    named = {words.split()[0] for words in re.findall(r"`make ([^`]+)`", README)}
    targets = (ROOT / "Makefile").read_text()
    assert {"book", "lab", "problems", "tools"} <= named
    assert [name for name in named if not re.search(rf"^{name}:", targets, re.MULTILINE)] == []


def test_the_map_names_what_exists():
    _, whole = README.split("## The map")
    for path in re.findall(r"^\| (`.*?`)", whole, re.MULTILINE):
        for name in re.findall(r"`(.*?)`", path):
            assert (ROOT / name).exists(), name


def test_the_links_inside_the_repository_lead_somewhere():
    for link in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / link).exists(), link
    page, anchor = re.search(r"`(book/[\w./]+)#(\w+)`", README).groups()
    assert f"({anchor})=" in (ROOT / page).with_suffix(".ipynb").read_text()


def test_the_citation_names_the_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert f'version = "{citation["version"]}"' in (ROOT / "pyproject.toml").read_text()
    assert f"version {citation['version']}" in (ROOT / "book" / "index.ipynb").read_text()
