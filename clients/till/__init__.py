"""The reference client of the till protocol."""
