"""Pure decisions of the room: numbers, steps of a card, law, bonus, order of use, revenue of uses, rotating codes."""
