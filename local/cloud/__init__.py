"""AWS's services on this machine.

http_api              API Gateway's HTTP API in front of the functions
http_event            its events, and the responses of functions' replies
wsgi_server           an application behind an HTTP server
s3_server             S3 and SQS, by moto
s3_front              buckets of files or of a remote archive, in front of that server
object_reads          S3's answers to requests that read
stored_object         objects whose bytes lie in files
waveform_index        the index of each day's waveforms, made of a bucket's objects
results_folder        a bucket whose objects are files, which outlive the server
remote_bucket         a public bucket on AWS, read unsigned
emulator              functions behind AWS's Runtime Interface Emulator
invocations           Lambda's Invoke API, for several functions on one port
function_names        names of the functions
event_source_mapping  an SQS queue, and Lambda's poller of it
docker                the docker command, images and networks
container             a function's image in a container
"""
