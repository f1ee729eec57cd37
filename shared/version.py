"""The version of this project, which each corrected day names in its metadata."""

NAME = "scedc-waveforms"
VERSION = "1.0.0"
"""The version that the top heading of CHANGELOG.md names."""
