# Everything runs in .venv, which is made when it is missing and when requirements.txt has changed.
PYTHON ?= python3
RUN := .venv/bin/python
# Figures depend neither on the fonts and settings of the machine nor on a cache that others write.
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
export MPL_IGNORE_SYSTEM_FONTS := 1

book: .venv/complete
	@$(RUN) scripts/build.py

test: .venv/complete
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) scripts/build.py
	$(RUN) -m pytest tests
	$(RUN) -m pytest --nbval --dist loadfile book

lab: .venv/complete
	$(RUN) -m jupyter lab --notebook-dir book

notebooks: .venv/complete
	$(RUN) scripts/notebooks.py

bench: .venv/complete
	$(RUN) benchmarks/testbed.py
	$(RUN) benchmarks/score_estimates.py
	$(RUN) benchmarks/evaluation.py
	$(RUN) benchmarks/rollouts.py

clean:
	rm -rf _build .venv

.venv/complete: requirements.txt scripts/bootstrap.py
	@$(PYTHON) scripts/bootstrap.py
	@touch $@

.PHONY: book test lab notebooks bench clean
