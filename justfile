# What a contributor types. `just` alone lists the recipes; each is one line that can be run without just.

python := env_var_or_default("PYTHON", "python3")
bin := ".venv/bin"

_default:
    @just --list

# A virtual environment with segpy, editable, and everything that its tests need
setup:
    {{ python }} -m venv .venv
    {{ bin }}/pip install --quiet --editable '.[test]'

# The tests; arguments go to pytest: just test tests/unit -k source
test *args:
    {{ bin }}/pytest {{ args }}

# Style: what can be mended is mended
lint:
    {{ bin }}/ruff check --fix
    {{ bin }}/ruff format

# Types
types:
    {{ bin }}/mypy

# The models of the demonstration, from its specs
render:
    {{ bin }}/segpy render

# The demonstration in DuckDB
build: render
    {{ bin }}/dbt build

# The documentation as a site: build/site/index.html
docs:
    {{ bin }}/pip install --quiet --editable '.[docs]'
    {{ bin }}/sphinx-build -W --keep-going -n -q -c docs . build/site

# All that must hold before a change is merged, in an environment of its own
ci:
    .ci/run
