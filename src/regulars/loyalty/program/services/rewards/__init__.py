"""Points that no purchase earns, and what points buy: gifts, badges, challenges, draws, referrals, partners."""
