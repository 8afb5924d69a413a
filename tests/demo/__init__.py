"""The demo company: the published panel whole where that is quick, else a cut of it."""
