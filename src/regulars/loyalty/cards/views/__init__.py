"""The pages of the room: cards and their stock at the desk, and the settlement for finance."""
