"""The room's pages, apart by what they show."""
