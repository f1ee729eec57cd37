"""Instrument response removal."""
