# Aliases, for hands that type make. The commands themselves need no make.
.PHONY: run test lint

run:
	./helpdesk serve

test:
	./helpdesk test

# Installs the development packages if they are not there yet; then what .ci/run checks before its tests.
lint:
	./helpdesk test --version
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict
	.venv/bin/lint-imports
