"""Make the demo company: the panel's files go in through the import that every user has, then the lake and the figures follow.

For `regulars demo`, which may be run any number of times: what is there stays as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from regulars.core import money
from regulars.core.outcomes import SaveOutcome
from regulars.demo import panel, people, places
from regulars.gateway.files import services as files
from regulars.insight import lake
from regulars.insight.customers import services as insight
from regulars.organization import access
from regulars.organization import services as organization
from regulars.organization.models import Company
from regulars.catalog import selectors as catalog
from regulars.customers import selectors as customers
from regulars.organization import selectors as places_known
from regulars.sales import selectors as sales

SOURCE = "complete-journey"
NAME = "Complete Journey Grocers"
NOTICE = "Published retail panel (Complete Journey) with simulated names, contacts and places."
CURRENCY = "USD"

Progress = Callable[[str, float], None]  # what is being done, and which part of the whole is done (0 to 1)
