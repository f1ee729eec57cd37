"""A channel's day with the instrument response removed, written to the output bucket."""
