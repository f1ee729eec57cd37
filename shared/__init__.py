"""What both Lambda functions need; nothing in here knows which of them calls it.

The floors, top to bottom. A module imports only from floors below its own
(``tests/test_architecture.py`` proves it)::

    edge      invocation          what invoked us, what it gets back; wraps a `process`
              queue_batch         a batch of SQS messages, and which of them must come again
              object_tasks        tasks of S3 Batch Operations, and their result codes
              map_items           a batch of items of Step Functions' Distributed Map
              jobs                requests of which nobody waits for the answer
              time_left           whether another job fits into the invocation's time
              event_shapes        which of AWS's shapes an event has
              window_reply        the answers to time windows as a reply
              http_event          reads HTTP events: method, query, headers, body
              http_reply          writes HTTP replies: status, headers, text, gzip, base64
              large_answers       what is too large for a reply: a link to it, or an error
              reply               what a `process` may return beside a mere value
    work      corrected_day       a channel's day in, the response removed, an object out
              window_formats      windows as files: miniSEED, SAC in a zip
              windows             time windows in, waveforms out
              window_limits       how much may be asked for at a time
              window_answer       what becomes of a window: samples or an error, as JSON
              window_motion       a window's ground motion, from its counts and those around it
              window_stations     the metadata of the stations that windows are of
              window_samples      the samples of one window, out of the segments of its days
              window_request      what a request may say of time windows
              removal             response removal on a stream, run by run, by one of two ways
              pre_filt            the corners of a band: checked, or chosen
              epochs              which response a segment has
              neighbours          what lies around a day in the days next to it
              runs                segments deconvolved as one: gaps bridged, ends led to zero
              segments            a day's segments: in order, joined, without conflicts
              fast_removal        ObsPy's steps in a fraction of its time and memory
              deconvolution       a long trace's spectrum times a transfer function
              fourier             FFTs of any length, quick also with prime factors of hundreds
              inverse_response    1 / response on every frequency, from few evaluations
              chebyshev           polynomials through values at Chebyshev nodes
              corrected_day_request  which channel's day to correct, how, and where the result lies
              removal_parameters  what a request may say of response removal
    archive   day_objects         the day objects of a request, read side by side
              day_records         a span of a channel's day, of which only that much is read
              known_records       the records that earlier invocations saw, kept while objects stay
              record_search       where to look for a span's records in a day object
              record_index        the records of a day object, as far as they are known
              records             the header of one miniSEED 2 record
              spans               spans of time, and the traces that they are cut out of
              waveforms           a channel's day as an ObsPy Stream
              stationxml          a station's metadata as an ObsPy Inventory
              scedc               SCEDC's keys
    ground    side_by_side        the same with several things at the same time
              dead_letters        messages that failed for good, sent away with their reason
              s3_output           upload and links; with `s3` and `dead_letters` all that has boto3
              s3                  reads objects and parts of them; S3's client and errors
              kept                what a warm container keeps of objects, within bounds
              function_memory     what would surely not fit into it is refused
              scratch             a folder under /tmp of this invocation's own
              content             bytes of a certain kind, such as a file
              json_values         strict JSON from Python and NumPy values
              fields              reads the fields of a JSON object
              times               times of requests, and the days they lie in
              days, codes         days of the archive; network, station, channel, location codes
              settings            what the environment says
              errors              every error that a caller may see
"""

import gc

# Loading modules makes a hundred thousand objects and no garbage. Python would look through all of
# them again and again, for an eighth of a cold start.
gc.set_threshold(50_000)
