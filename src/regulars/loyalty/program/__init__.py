"""What a purchase earns and what membership gives: rules in versions, tiers, benefits, paid membership, tasks, rewards.

For marketers who design it and for checkout, which asks what a basket earns. Each entry of the wallet names the rule version
that made it. Vocabulary: program, rule book, version, earning rule, pending, growth value, tier, benefit, entitlement, replay.
"""
