"""The tables of the room: rules in versions, members with tiers, what receipts earned, what else membership gives."""

from regulars.loyalty.program.models.benefits import Benefit, BenefitUse, PaidPeriod, PaidPlan
from regulars.loyalty.program.models.challenges import Challenge, ChallengeMet
from regulars.loyalty.program.models.earnings import Earning, TakenBack
from regulars.loyalty.program.models.members import Membership, TierSpell
from regulars.loyalty.program.models.programs import Program, RuleVersion
from regulars.loyalty.program.models.replays import ReplayRun
from regulars.loyalty.program.models.rewards import (
    Badge,
    BadgeHeld,
    Draw,
    DrawTurn,
    Gift,
    GiftOrder,
    GiftStock,
    Partner,
    PartnerExchange,
    PartnerPayment,
    Prize,
    Referral,
    ReferralCode,
    SignIn,
)

__all__ = [
    "Badge",
    "BadgeHeld",
    "Benefit",
    "BenefitUse",
    "Challenge",
    "ChallengeMet",
    "Draw",
    "DrawTurn",
    "Earning",
    "Gift",
    "GiftOrder",
    "GiftStock",
    "Membership",
    "PaidPeriod",
    "PaidPlan",
    "Partner",
    "PartnerExchange",
    "PartnerPayment",
    "Prize",
    "Program",
    "Referral",
    "ReferralCode",
    "ReplayRun",
    "RuleVersion",
    "SignIn",
    "TakenBack",
    "TierSpell",
]
