"""Stand-ins for AWS's services.

s3_server             S3 and SQS: moto's HTTP server
emulator              one function behind Lambda's Runtime Interface Emulator
event_source_mapping  an SQS queue, polled as Lambda polls it
docker                the docker command, the images and the containers' network
container             a function's image in a container
"""
