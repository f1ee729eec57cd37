"""Time windows.

against_tutorial  bytes, time and JSON against the tutorial's function
tutorial          the tutorial's function
invocations       invocations of one of the two in its own process
json_encoding     processor time to encode samples as JSON
derived_channels  channels of other instruments, with the motion of a real one
archive           the archive that both read
server_speed      the speed of the servers alone
margins           margins around windows of ground motion, on real days
"""
