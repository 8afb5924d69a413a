"""Template tags of the design system; the settings make them builtin in every template."""
