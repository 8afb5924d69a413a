"""Django's entry to the rule language: the rows in which conditions are written have a template, a style and a script."""

from __future__ import annotations

from django.apps import AppConfig


class Criteria(AppConfig):
    """The `criteria` room; it has no tables."""

    name = "regulars.criteria"
    label = "criteria"
