# Commands for this repository. They need only make and Python >= 3.11; `.venv/` is created first.
.PHONY: help demo up native check lint format test test-all bench docs

PYTHON_HERE = .venv/bin/python
# Variables from make's command line (PORT, LOG, CONSENT, NOTICE, MAP, BENCH, FLYWHEEL_VAR, …) reach the recipes through the environment.

help:
	@echo "make demo    one turn on a sample log, then the server (SERVE=0: no server; LOG=FILE: your log; PORT=8000)"
	@echo "             CONSENT=capture,evaluation,training NOTICE=TEXT: consent you hold for lines of LOG without any"
	@echo "             MAP=question=input.text,answer=output: if LOG has other fields"
	@echo "make up      serve your own data under var/ (FLYWHEEL_VAR=DIRECTORY: elsewhere; PORT=8000)"
	@echo "make native  compile the redactor, if there is a C compiler; optional"
	@echo "make check   lint, types and the fast tests, in about a minute"
	@echo "make lint    check the sources with ruff"
	@echo "make format  format the sources with ruff"
	@echo "make test    everything that CI runs (ONLY=lint,types: only these stages)"
	@echo "make test-all  also the long forms: both databases, random examples, coverage, the compiled redactor"
	@echo "make bench   the benchmarks (BENCH=redaction,capture: only these)"
	@echo "make docs    write the generated reference, and build the documentation under var/docs/"

demo:
	@sh deploy/venv.sh runtime
	@exec $(PYTHON_HERE) manage.py demo $${LOG:+--log "$$LOG"} $${CONSENT:+--consent "$$CONSENT"} \
		$${NOTICE:+--notice "$$NOTICE"} $${MAP:+--map "$$MAP"} $(if $(filter 0 no false,$(SERVE)),--no-serve)

up:
	@sh deploy/venv.sh runtime
	@exec $(PYTHON_HERE) manage.py up

native:
	@sh deploy/venv.sh native
	@exec $(PYTHON_HERE) -m deploy.native

check:
	@sh deploy/venv.sh dev
	@exec $(PYTHON_HERE) -m tests.run --only lint,format,quick

lint:
	@sh deploy/venv.sh dev
	@exec $(PYTHON_HERE) -m ruff check .

format:
	@sh deploy/venv.sh dev
	@exec $(PYTHON_HERE) -m ruff format .

test:
	@sh deploy/venv.sh dev
	@exec $(PYTHON_HERE) -m tests.run $${ONLY:+--only "$$ONLY"}

test-all:
	@sh deploy/venv.sh dev
	@exec $(PYTHON_HERE) -m tests.run --all $${ONLY:+--only "$$ONLY"}

bench:
	@sh deploy/venv.sh dev
	@$(PYTHON_HERE) -m deploy.native --optional
	@exec $(PYTHON_HERE) -m bench $${BENCH:+"$$BENCH"}

docs:
	@sh deploy/venv.sh dev
	@$(PYTHON_HERE) -m docs.generate
	@$(PYTHON_HERE) -m sphinx --fail-on-warning --keep-going --quiet --conf-dir docs . $${FLYWHEEL_VAR:-var}/docs
	@echo "Open $${FLYWHEEL_VAR:-var}/docs/docs/index.html"
