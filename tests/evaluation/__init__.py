"""The models against the truth of a synthetic Flanders: the only place outside the population that may open it."""
