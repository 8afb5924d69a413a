"""The verbs of the program: the only code that writes its tables.

`loading` reads receipts as columns for all of them; `rulebook` writes, tries and proves the rules; `purchases` gives for what
was bought and takes back what came back; `membership` lets people in, grades them and sells plans; `rewards` is every other way
in which points come and go.
"""

from regulars.loyalty.program.services.membership.benefits import NotEntitledError, QuotaUsedError, entitled_to, use_benefit
from regulars.loyalty.program.services.membership.enrolling import Joining, enroll, enroll_many
from regulars.loyalty.program.services.membership.expiring import expire_idle
from regulars.loyalty.program.services.membership.grading import grade_members
from regulars.loyalty.program.services.membership.merging import move_customer
from regulars.loyalty.program.services.membership.plans import (
    PaymentReusedError,
    PeriodEndedError,
    PlanClosedError,
    buy_plan,
    give_back_plan,
    refund_today,
    renew_plans,
    save_plan,
    switch_renewal,
)
from regulars.loyalty.program.services.purchases.attaching import AttachError, attach_receipt
from regulars.loyalty.program.services.purchases.earning import (
    earning,
    earning_command,
    keep_earning,
    keep_earnings,
    locked_state,
)
from regulars.loyalty.program.services.purchases.rating import rate_receipts, rate_recorded, take_back_returns
from regulars.loyalty.program.services.purchases.returning import (
    ReturnedLine,
    TakingBack,
    keep_taken_back,
    returned_lines,
    taking_back,
)
from regulars.loyalty.program.services.purchases.undoing import PointsSpentError, undo_receipts
from regulars.loyalty.program.services.rewards.awarding import give_visit_badges
from regulars.loyalty.program.services.rewards.challenges import judge_challenges, save_challenge
from regulars.loyalty.program.services.rewards.gifts import (
    GiftCountError,
    GiftDecidedError,
    GiftGoneError,
    GiftLimitError,
    cancel_order,
    cancel_stale,
    count_stock,
    hand_out,
    order_gift,
)
from regulars.loyalty.program.services.rewards.inviting import find_referrer, referral_code_of
from regulars.loyalty.program.services.rewards.partnering import (
    ExchangeRateError,
    PartnerBudgetError,
    book_payment,
    exchange_in,
    exchange_out,
    save_partner,
    settlement,
)
from regulars.loyalty.program.services.rewards.playing import DrawOverError, NoSignInError, give_badges, sign_in, take_turn
from regulars.loyalty.program.services.rewards.referral_undoing import take_back_referrals
from regulars.loyalty.program.services.rewards.referring import (
    ReferralDecidedError,
    ReferralError,
    decide_referral,
    refer,
    reward_referrals,
)
from regulars.loyalty.program.services.rewards.rewarding import DrawBudgetError, save_badge, save_benefit, save_draw, save_gift
from regulars.loyalty.program.services.rulebook.drafting import (
    BodyError,
    PublishedError,
    VersionDateError,
    ask_to_publish,
    create_program,
    publish_version,
    read_body,
    save_draft,
)
from regulars.loyalty.program.services.rulebook.previewing import Report, ask_replay, preview, run_replay
from regulars.loyalty.program.services.rulebook.replaying import Differences, Replayed, compare_with_ledger, replay_into_ledger

__all__ = [
    "AttachError",
    "BodyError",
    "Differences",
    "DrawBudgetError",
    "DrawOverError",
    "ExchangeRateError",
    "GiftCountError",
    "GiftDecidedError",
    "GiftGoneError",
    "GiftLimitError",
    "Joining",
    "NoSignInError",
    "NotEntitledError",
    "PartnerBudgetError",
    "PaymentReusedError",
    "PeriodEndedError",
    "PlanClosedError",
    "PointsSpentError",
    "PublishedError",
    "QuotaUsedError",
    "ReferralDecidedError",
    "ReferralError",
    "Replayed",
    "Report",
    "ReturnedLine",
    "TakingBack",
    "VersionDateError",
    "ask_replay",
    "ask_to_publish",
    "attach_receipt",
    "book_payment",
    "buy_plan",
    "cancel_order",
    "cancel_stale",
    "compare_with_ledger",
    "count_stock",
    "create_program",
    "decide_referral",
    "earning",
    "earning_command",
    "enroll",
    "enroll_many",
    "entitled_to",
    "exchange_in",
    "exchange_out",
    "expire_idle",
    "find_referrer",
    "give_back_plan",
    "give_badges",
    "give_visit_badges",
    "grade_members",
    "hand_out",
    "judge_challenges",
    "keep_earning",
    "keep_earnings",
    "keep_taken_back",
    "locked_state",
    "move_customer",
    "order_gift",
    "preview",
    "publish_version",
    "rate_receipts",
    "rate_recorded",
    "read_body",
    "refer",
    "referral_code_of",
    "refund_today",
    "renew_plans",
    "replay_into_ledger",
    "returned_lines",
    "reward_referrals",
    "run_replay",
    "save_badge",
    "save_benefit",
    "save_challenge",
    "save_draft",
    "save_draw",
    "save_gift",
    "save_partner",
    "save_plan",
    "settlement",
    "sign_in",
    "switch_renewal",
    "take_back_referrals",
    "take_back_returns",
    "take_turn",
    "taking_back",
    "undo_receipts",
    "use_benefit",
]
