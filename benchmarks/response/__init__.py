"""Response removal.

gaps_and_edges      the tables of errors around gaps and midnights on real days
disturbed_days      the errors of single days: gaps cut in, days joined at midnight
gap_picture         the picture of a real day around a gap
offset_gaps         errors around gaps after which the counts lie on another level
parameters_picture  the picture of `pre_filt`, `gaps` and `edges`
"""
