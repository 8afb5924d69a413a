# Everything that is done to this project has a recipe here; CI runs the same ones.

default:
    @just --list --unsorted

# the demo company, ready to click
demo:
    uv run regulars demo

# web and worker on the home folder
serve:
    uv run regulars serve

# the default tests, as the README says
test *ARGS:
    uv run pytest {{ARGS}}

# one story of the product
flow NAME:
    uv run pytest tests/flows/test_{{NAME}}.py -n0

lint:
    uv run ruff check src tests bench
    uv run ruff format --check src tests bench

fix:
    uv run ruff check --fix src tests bench
    uv run ruff format src tests bench

types:
    uv run mypy

# who may import whom
floors:
    uv run lint-imports

# security findings of high severity
security:
    uv run bandit -q -r src -lll

# missing migrations
migrations:
    uv run pytest tests/architecture -n0 -q -k migration

# the REST contract that is committed
openapi:
    uv run regulars openapi > docs/reference/openapi.json

# what CI runs
check: lint types floors security test
