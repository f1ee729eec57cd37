"""Estimate the cost of the functions on AWS, from a measurement and list prices.

Contents::

    estimate      estimate the cost of many channel days
    channel_day   cost of one channel day or one window request
    memory        recommended memory size of each function
    measurement   measured times, from channel_day_costs.json
    prices        AWS list prices
"""
