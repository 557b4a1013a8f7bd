# Everything that one types here. Nothing but make and Python >= 3.11 has to be there; `.venv/` is made first.
.PHONY: help demo up native check lint format test test-all bench docs

PYTHON_HERE = .venv/bin/python
# What is given on make's command line (PORT, LOG, CONSENT, NOTICE, MAP, BENCH, FLYWHEEL_VAR, …) reaches the recipes as environment.

help:
	@echo "make demo    watch one turn on a sample log, then serve (SERVE=0: without; LOG=FILE: your log; PORT=8000)"
	@echo "             CONSENT=capture,evaluation,training NOTICE=TEXT: what you hold for lines of LOG that carry none"
	@echo "             MAP=question=input.text,answer=output: where LOG has other fields"
	@echo "make up      serve on your own data under var/ (FLYWHEEL_VAR=DIRECTORY: elsewhere; PORT=8000)"
	@echo "make native  compile the redactor, where there is a C compiler; everything runs without"
	@echo "make check   the sources and the tests without a database, in a minute"
	@echo "make lint    what ruff says of the sources"
	@echo "make format  lay the sources out as ruff does"
	@echo "make test    everything that CI runs (ONLY=lint,types: some of it)"
	@echo "make test-all  the long forms too: all on both databases, random examples, coverage, the compiled redactor"
	@echo "make bench   the benchmarks (BENCH=redaction,capture: some of them)"
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
