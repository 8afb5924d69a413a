"""Who belongs to the program and what belonging gives: joining, tiers, paid plans, benefits, idle points, merges."""
