"""The tables of the room: rules in versions, members with their tiers, and what each receipt earned."""

from regulars.loyalty.program.models.earnings import Earning, TakenBack
from regulars.loyalty.program.models.members import Membership, TierSpell
from regulars.loyalty.program.models.programs import Program, RuleVersion
from regulars.loyalty.program.models.replays import ReplayRun

__all__ = ["Earning", "Membership", "Program", "ReplayRun", "RuleVersion", "TakenBack", "TierSpell"]
