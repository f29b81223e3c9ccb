"""The set-up says in one sentence what is wrong; the build redoes what has changed and no more."""

import builtins
import os
import re
import subprocess
import sys
from pathlib import Path

import bootstrap
import build
import nbformat
import notebooks
import pytest
import shared_evidence

from pgbook import catalogue, ledger
from pgbook.ledger import CheckedClaim

ROOT = Path(__file__).parents[1]


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        bootstrap.main()


def test_a_python_without_venv_is_told_so(monkeypatch):
    def refuse(name, *arguments):
        if name == "ensurepip":
            raise ImportError(name)
        return original(name, *arguments)

    original = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SystemExit, match="This Python has no venv module"):
        bootstrap.main()


def installed(folder, requirements, **environment):
    """What the installation of these requirements into a folder says."""
    (folder / "requirements.txt").write_text(requirements)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    command = [sys.executable, str(ROOT / "scripts" / "bootstrap.py")]
    return subprocess.run(
        command, cwd=folder, env=kept | environment, capture_output=True, text=True
    )


def test_a_machine_without_network_is_told_so(tmp_path):
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    result = installed(tmp_path, "a-package-that-is-nowhere==1\n", **offline)
    assert result.returncode == 1
    assert result.stderr == (
        "The package index cannot be reached: connect to the network and try again.\n"
    )


def test_a_failed_installation_says_what_pip_said(tmp_path):
    foreign = {"PIP_USER": "1", "PYTHONPATH": "/nowhere"}
    result = installed(tmp_path, "numpy==not a version\n", **foreign)
    assert result.returncode == 1 and not (tmp_path / ".venv" / "complete").exists()
    assert re.match(r"pip failed: (?i:error): .*numpy==not a version", result.stderr)


def test_the_environment_is_pinned_completely():
    """Each package with its version and the hashes of its files."""
    text = (ROOT / "requirements.txt").read_text().split("\n", 1)[1].replace(" \\\n", "")
    digest = r"    --hash=sha256:[0-9a-f]{64}"
    assert all(
        re.fullmatch(rf"[\w.-]+==[\w.]+( ; [^\\]*?)?({digest})+", pin) for pin in text.splitlines()
    )


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A book with two small notebooks in a folder of its own."""
    (tmp_path / "book").mkdir()
    for name in ("one", "two"):
        cell = nbformat.v4.new_code_cell(f"print('{name}')", id=name)
        text = nbformat.v4.new_markdown_cell("text", id="text")
        notebook = nbformat.v4.new_notebook(cells=[text, cell])
        notebook.metadata.kernelspec = notebooks.KERNELSPEC
        nbformat.write(notebook, tmp_path / "book" / f"{name}.ipynb")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    return tmp_path / "book"


def edit(path, cell, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[cell].source = source
    nbformat.write(notebook, path)


def executed(capsys):
    """Names of the notebooks that `execute_changed` executes now."""
    build.execute_changed()
    return re.findall(r"(\w+)\.ipynb", capsys.readouterr().out)


def test_only_what_has_changed_is_executed(project, capsys):
    assert executed(capsys) == ["one", "two"]
    assert executed(capsys) == []
    edit(project / "two.ipynb", 1, "print('three')")
    assert executed(capsys) == ["two"]
    edit(project / "two.ipynb", 0, "other text")
    assert executed(capsys) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('a glyph is missing')", "a glyph is missing"),
    ],
)
def test_a_notebook_that_fails_or_warns_ends_the_build_and_is_tried_again(
    project, capsys, source, said
):
    edit(project / "one.ipynb", 1, source)
    for _ in range(2):
        with pytest.raises(SystemExit, match=said):
            build.execute_changed()
    edit(project / "one.ipynb", 1, "print('mended')")
    assert "one" in executed(capsys)


def test_a_line_that_a_kernel_cuts_in_two_is_whole_in_the_cache(project):
    """Where a kernel flushes is an accident of time; two executions give the same notebook."""
    source = "import sys, time\nfor part in 'a', 'b', 'c':\n    print(part, end=' ')\n"
    edit(project / "one.ipynb", 1, source + "    sys.stdout.flush(); time.sleep(0.3)")
    first, second = (notebooks.execute([project / "one.ipynb"])[0] for _ in range(2))
    assert [output.text for output in first.cells[1].outputs] == ["a b c "]
    assert first.cells[1].outputs == second.cells[1].outputs


@pytest.fixture
def profile(tmp_path):
    """The folder of a person whose IPython prints two digits."""
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "a.py").write_text("import numpy; numpy.set_printoptions(precision=2)")
    return str(tmp_path / "ipython")


def test_no_setting_of_the_machine_reaches_a_page(project, tmp_path, profile, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise ImportError('the wrong NumPy')")
    monkeypatch.setenv("IPYTHONDIR", profile)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    source = (
        "import numpy as np, matplotlib.pyplot as plt\nprint(np.pi * np.ones(1))\nplt.plot([1])"
    )
    edit(project / "one.ipynb", 1, source + ";")
    text, picture = notebooks.execute([project / "one.ipynb"])[0].cells[1].outputs
    assert text.text == "[3.14159265]\n" and "image/png" in picture.data


def test_what_one_page_defines_the_next_does_not_have(project, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # one kernel for both
    edit(project / "one.ipynb", 1, "import os; here = os.getpid()\nprint(here)")
    edit(project / "two.ipynb", 1, "import os\nprint(os.getpid(), 'here' in globals())")
    one, two = notebooks.execute([project / "one.ipynb", project / "two.ipynb"])
    kernel = one.cells[1].outputs[0].text.strip()
    assert two.cells[1].outputs[0].text == f"{kernel} False\n"


@pytest.mark.parametrize("damage", ["half a notebook", "no notebook", "no database"])
def test_a_torn_cache_is_mended(project, capsys, damage):
    executed(capsys)
    if damage == "no database":
        (build.CACHE / "global.db").write_bytes(b"torn")
    else:
        (page, *_) = sorted(build.CACHE.rglob("*.ipynb"))
        page.unlink() if damage == "no notebook" else page.write_bytes(page.read_bytes()[:100])
    assert executed(capsys) != []
    assert executed(capsys) == []


def test_a_second_make_waits_for_the_first(tmp_path):
    source = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); import bootstrap\n"
    source += "bootstrap.waited(); print('begun'); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": tmp_path}
    first = subprocess.Popen([sys.executable, "-uc", source], **pipes)
    assert first.stdout.readline() == "begun\n"
    second = subprocess.Popen([sys.executable, "-uc", source], **pipes)
    waiting = "Another make is at work in this folder; waiting for it.\n"
    assert second.stdout.readline() == waiting
    first.communicate("\n")
    assert second.communicate("\n") == ("begun\n", None) and second.returncode == 0


def test_a_notebook_passes_by_the_line_of_the_readme_whatever_the_machine_is_set_to(profile):
    foreign = {"IPYTHONDIR": profile, "MPLBACKEND": "Agg"}
    line = ["-m", "pytest", "--nbval", "book/bandits/softmax.ipynb"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    result = subprocess.run(
        [sys.executable, *line], cwd=ROOT, env={**kept, **foreign}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def make(folder, *targets):
    return subprocess.run(
        ["make", "-n", *targets], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def test_an_environment_of_another_place_is_made_anew(tmp_path):
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "bootstrap.py").write_text("")
    (tmp_path / ".venv").mkdir()
    complete = tmp_path / ".venv" / "complete"
    complete.write_text(str(tmp_path))
    assert "bootstrap" not in make(tmp_path, "book")
    complete.write_text(str(ROOT))
    assert "bootstrap" in make(tmp_path, "book")


def test_the_package_is_more_than_its_modules():
    names = {path.name for path in build.package_files()}
    assert {"claims.toml", "derivation.py"} <= names
    assert not any(name.endswith(".pyc") for name in names)


def test_the_digest_sees_contents_names_and_seed(project):
    paths = list(project.iterdir())
    before = build.digest(paths)
    assert build.digest(paths, "3.12") != before
    (project / "one.ipynb").rename(project / "three.ipynb")
    assert build.digest(list(project.iterdir())) != before


def test_the_canonical_form_drops_pictures_and_keeps_text():
    display = nbformat.v4.new_output(
        "display_data",
        {"image/png": "...", "text/plain": "<Figure>"},
        metadata={"image/png": {"width": 3}},
    )
    explorer = nbformat.v4.new_output(
        "execute_result",
        {notebooks.WIDGET: {}, "text/html": "<section>", "text/plain": "Explorer(...)"},
        execution_count=7,
    )
    formula = nbformat.v4.new_output("display_data", {"text/latex": "$x$", "text/html": "<b>"})
    printed = nbformat.v4.new_output("stream", name="stdout", text="a\nb\n")
    cell = nbformat.v4.new_code_cell(
        "x", id="x", outputs=[display, explorer, formula, printed], execution_count=7
    )
    cell.metadata = {"tags": ["t"], "execution": {"iopub.execute_input": "now"}}
    form = notebooks.canonical(nbformat.v4.new_notebook(cells=[cell])).cells[0]
    assert form.metadata == {"tags": ["t"]} and form.execution_count == 1
    first, second, third, fourth = form.outputs
    assert first.data == {"text/plain": "<Figure>"} and first.metadata == {}
    assert second.data == {"text/plain": "Explorer(...)"} and second.execution_count == 1
    assert third.data.keys() == {"text/latex", "text/html"}
    assert fourth.text == "a\nb\n"


def test_the_notebooks_of_one_run_check_a_claim_once(tmp_path):
    """Each cell prints how long B10 took; the second reads what the first has found."""
    source = "from pgbook import catalogue, ledger\n"
    source += "print(*(one.seconds for one in ledger.run(catalogue.claims('B10'))))"
    page, cells = tmp_path / "page.ipynb", [nbformat.v4.new_code_cell(source) for _ in range(2)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), page)
    (first,), (second,) = (notebooks.execute([page]) for _ in range(2))
    seconds = [cell.outputs[0].text for run in (first, second) for cell in run.cells]
    assert seconds[0] == seconds[1] != seconds[2] == seconds[3]  # for one run, and no longer


def test_what_one_page_found_about_a_claim_the_next_one_reads(tmp_path, monkeypatch):
    (claim,), runs = catalogue.claims("B10"), []

    def verify(claim):
        runs.append(claim.id)
        return CheckedClaim(claim, (), (), len(runs))

    monkeypatch.setattr(ledger, "verify", verify)
    shared_evidence.keep_in(str(tmp_path))
    assert [one.seconds for one in ledger.run([claim, claim])] == [1, 1] and runs == ["B10"]
    assert [path.name for path in tmp_path.iterdir()] == ["B10.pickle"]
