"""The pages and actions that change customers; the list and the 360 page are the home room's."""
