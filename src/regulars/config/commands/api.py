"""`openapi`: the description of the REST API, for generators and for `docs/reference/openapi.json`."""

from __future__ import annotations

import argparse
import sys


def openapi(_options: argparse.Namespace) -> None:
    """Print the OpenAPI document; needs no database."""
    import django

    django.setup()
    from regulars.gateway.api import reference

    sys.stdout.write(reference.dumps())
