"""Select requests: days, channel patterns, files, and the archive's listing."""
