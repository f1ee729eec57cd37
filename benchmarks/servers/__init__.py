"""Servers for benchmarks, in their own processes.

server_process     starts a server, and reads its port and its counts
object_server      a fast, read-only S3 server for a folder
generated_archive  S3 with generated days at several rates; counts requests
odd_days           days of many records: sound, out of order, in parts
slow_network       a proxy with a network's delay and bandwidth
"""
