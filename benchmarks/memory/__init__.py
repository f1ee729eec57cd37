"""The container images at each memory size.

sweep             the measurement at all memory sizes
cells             one request, repeated at one memory size
lambda_container  a container with Lambda's share of memory and processor
obspy_day         channel days corrected with ObsPy alone
tables            seconds, GB-seconds and dollars by memory size
"""
