# Everything runs in .venv, which is made when it is missing, when requirements.txt has changed, and
# when the checkout was moved or copied, for the paths in it are those of the place it was made for.
PYTHON ?= python3
RUN := .venv/bin/python
# Figures depend neither on the fonts and settings of the machine nor on a cache that others write.
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
export MPL_IGNORE_SYSTEM_FONTS := 1
# Nor do builds and tests depend on packages of the person at the machine.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONNOUSERSITE := 1
# make book EDITION=student leaves the solutions out; EDITION=instructor adds to them.
export EDITION

book: .venv/complete
	@$(RUN) scripts/build.py

test: .venv/complete
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) scripts/build.py
	$(RUN) -m pytest --dist load tests
	$(RUN) -m pytest --nbval book

lab: book
	@$(RUN) scripts/lab.py

notebooks: .venv/complete
	$(RUN) scripts/notebooks.py

pdf: book
	@$(RUN) scripts/pdf.py

# The exercises as notebooks to hand out, a course for nbgrader.
problems: book
	@$(RUN) scripts/problems.py

# What a few tests need besides, and CI demands: Python for the browser, and nbgrader.
tools: .venv/complete
	$(RUN) scripts/pyodide.py
	$(RUN) -m pip install -q --no-deps --require-hashes --upgrade --target .venv/nbgrader -r scripts/nbgrader.txt

bench: .venv/complete
	$(RUN) benchmarks/testbed.py
	$(RUN) benchmarks/score_estimates.py
	$(RUN) benchmarks/evaluation.py
	$(RUN) benchmarks/rollouts.py

clean:
	rm -rf _build .venv

.venv/complete: requirements.txt scripts/bootstrap.py
	@$(PYTHON) scripts/bootstrap.py

ifneq ($(shell cat .venv/complete 2>/dev/null),$(CURDIR))
.venv/complete: elsewhere
endif

.PHONY: book test lab notebooks pdf problems tools bench clean elsewhere
