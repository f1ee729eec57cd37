"""Response removal.

gaps_and_edges      the tables of errors around gaps and midnights on real days
disturbed_days      the errors of single days: gaps cut in, days joined at midnight
parameters_picture  the picture of `pre_filt`, `gaps` and `edges`
"""
