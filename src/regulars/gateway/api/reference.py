"""The OpenAPI document of the API: what django-ninja derives from the types, completed by what it cannot know.

For developers and their generators: served at `/api/v1/openapi.json`, printed by `regulars openapi`, and kept as
`docs/reference/openapi.json`, so that every change of the API shows in a review.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.utils.translation import gettext_noop

from regulars.gateway.api import ndjson, problems, rights
from regulars.gateway.api.application import api

PREFIX = "/api/v1/"
TAGS = {
    "Stores": "The company's stores, as far as the caller's scope goes.",
    "Catalog": "Products and categories: the same for every store.",
    "Customers": "Who buys. Contact data is masked by role.",
    "Receipts": "Sales and returns, each recorded once under the caller's source and the receipt's own id.",
    "Metrics": "The same figures, by the same definitions, as on the pages.",
    "Imports": "Files on their way in.",
}
# What holds for all operations: in the document in English, on the page in the reader's language.
RULES = (
    (
        gettext_noop("Who calls"),
        gettext_noop(
            "Send an API key as Authorization: Bearer rk_…. A key has a role and a place: a store, a region or "
            "head office. Every operation names the rights it needs. Whatever lies outside the key's place looks "
            "exactly like what does not exist: 404."
        ),
    ),
    (
        gettext_noop("Money and quantities"),
        gettext_noop(
            'Money is an integer of minor units (1250 is 12.50 USD) or a decimal string ("12.50"), never a JSON '
            "number with a fraction; answers carry minor units. Quantities are integers or decimal strings with "
            "up to three decimals."
        ),
    ),
    (
        gettext_noop("Sent twice, done once"),
        gettext_noop(
            "A receipt is known by its own id: the same content again answers as the first time (200 instead of "
            "201), other content is 409 receipt.conflict. Other POSTs take an Idempotency-Key, kept for 35 days: "
            "the same request again gets the kept answer, another request under the same key is 422, a copy that "
            "is still running 409."
        ),
    ),
    (
        gettext_noop("In bulk"),
        gettext_noop(
            "The /bulk operations take one JSON object a line (application/x-ndjson, at most 5,000 lines and 16 "
            "MiB) and answer one result a line. A bad line does not hold up the others; a line about a store or "
            "customer outside the caller's scope refuses the whole call."
        ),
    ),
    (
        gettext_noop("Pages"),
        gettext_noop("Lists answer items and next_cursor; pass it as cursor, with the same filters, until it is null."),
    ),
    (
        gettext_noop("Refusals"),
        gettext_noop(
            "A refusal is a problem of RFC 9457 (application/problem+json). Decide by its code, which never "
            "changes; errors names fields and lines."
        ),
    ),
    (
        gettext_noop("How often"),
        gettext_noop(
            "Each web process allows a caller the installation's calls a minute (6,000 unless set otherwise), "
            "then answers 429 with Retry-After."
        ),
    ),
    (
        gettext_noop("Strict"),
        gettext_noop(
            "Unknown fields and query parameters, duplicate keys, NUL characters, lone surrogates, outer spaces "
            "and bodies over 16 MiB are refused, not guessed at."
        ),
    ),
)


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    schema["info"]["description"] = "\n\n".join(f"**{head}.** {text}" for head, text in RULES)
    schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    schema["servers"] = [{"url": "/"}]
    schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    for path in schema["paths"].values():
        for operation in path.values():
            _complete(operation)
    return schema


def dumps() -> str:
    """Return the document as the committed file holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _complete(operation: dict[str, Any]) -> None:
    operation["x-required-rights"] = list(rights.ACTIONS[operation["operationId"]])
    bulk = ndjson.MEDIA_TYPE in operation.get("requestBody", {}).get("content", {})
    for status, answer in operation["responses"].items():
        refused = int(status) >= 400
        if refused or bulk:
            media = problems.MEDIA_TYPE if refused else ndjson.MEDIA_TYPE
            answer["content"] = {media: next(iter(answer["content"].values()))}
        if status == "429":
            seconds = {"schema": {"type": "integer"}, "description": "Seconds until the next call is allowed."}
            answer["headers"] = {"Retry-After": seconds}
