"""The verbs of the program: the only code that writes its tables.

For checkout `earning`, `keep_earning`, `taking_back`, `keep_taken_back`; for people at head office `drafting`; for every way in
`enrolling`; for the worker `rating` (receipts that came by file or REST), `grading` (tiers).
"""

from regulars.loyalty.program.services.drafting import (
    BodyError,
    PublishedError,
    VersionDateError,
    ask_to_publish,
    create_program,
    publish_version,
    save_draft,
)
from regulars.loyalty.program.services.earning import earning, earning_command, keep_earning, keep_earnings, locked_state
from regulars.loyalty.program.services.enrolling import Joining, enroll, enroll_many
from regulars.loyalty.program.services.expiring import expire_idle
from regulars.loyalty.program.services.grading import grade_members
from regulars.loyalty.program.services.previewing import Report, ask_replay, preview, run_replay
from regulars.loyalty.program.services.rating import rate_receipts, rate_recorded, take_back_returns
from regulars.loyalty.program.services.replaying import Differences, Replayed, compare_with_ledger, replay_into_ledger
from regulars.loyalty.program.services.returning import (
    ReturnedLine,
    TakingBack,
    keep_taken_back,
    returned_lines,
    taking_back,
)

__all__ = [
    "BodyError",
    "Differences",
    "Joining",
    "PublishedError",
    "Replayed",
    "Report",
    "ReturnedLine",
    "TakingBack",
    "VersionDateError",
    "ask_replay",
    "ask_to_publish",
    "compare_with_ledger",
    "create_program",
    "earning",
    "earning_command",
    "enroll",
    "enroll_many",
    "expire_idle",
    "grade_members",
    "keep_earning",
    "keep_earnings",
    "keep_taken_back",
    "locked_state",
    "preview",
    "publish_version",
    "rate_receipts",
    "rate_recorded",
    "replay_into_ledger",
    "returned_lines",
    "run_replay",
    "save_draft",
    "take_back_returns",
    "taking_back",
]
