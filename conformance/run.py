"""Run the suite against any server: `python -m conformance.run --url … --key … --store … --sku … --currency …`.

For makers of servers and of tills. Prints a line for each case and ends with 1 if one failed. It sells real goods: point it at
a server for trying things out.
"""

from __future__ import annotations

import argparse
import sys
import traceback

from conformance import cases
from conformance.shop import Shop


def main() -> int:
    """Run all cases or those named, and return how many failed."""
    options = _options()
    shop = Shop(
        url=options.url, key=options.key, store=options.store, sku=options.sku, currency=options.currency,
        member_phone=options.member_phone, other_key=options.other_key,
    )  # fmt: skip
    failed = 0
    for name, check in cases.ALL.items():
        if options.case and name not in options.case:
            continue
        try:
            check(shop)
            outcome = "holds"
        except cases.SkippedError as reason:
            outcome = f"skipped: {reason}"
        except Exception:  # noqa: BLE001 - whatever goes wrong is a failure of this case, and the next one is run
            failed += 1
            outcome = "FAILS\n" + traceback.format_exc(limit=-2)
        sys.stdout.write(f"{name.replace('_', ' ')}: {outcome}\n")
    return failed


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True, help="of a till of the store")
    parser.add_argument("--store", required=True)
    parser.add_argument("--sku", required=True, help="an article with a catalog price")
    parser.add_argument("--currency", required=True)
    parser.add_argument("--member-phone", default="", help="of a member with at least 200 points to spend")
    parser.add_argument("--other-key", default="", help="of a till of another store")
    parser.add_argument("--case", action="append", help="only this case; may be given several times")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
