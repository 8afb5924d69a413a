"""The pages of the program: rules with their designer and replays, tiers, benefits and rewards."""
