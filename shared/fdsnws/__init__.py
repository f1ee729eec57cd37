"""FDSN web services over the archive: dataselect 1.1, station 1.1 and availability 1.0.

::

    routes                the routes of the time-window function
    services              the services by name
    dataselect_service    the parameters and limits of dataselect; so for the others
    dataselect            answers dataselect's requests; loads ObsPy
    _stored_data          the archive's own records of time spans
    _span_task            one of these spans, and its records
    _corrected_data       ground motion of time spans, by removal of the response
    parameters            the table of a service's parameters
    request               reads and checks a request, by GET or POST
    selection             codes and a time span: a GET's, or those of a line of a POST
    post_body             reads the body of a POST
    values                reads the value of a parameter
    area                  a box or a circle
    wadl                  the WADL of a service
    pages                 the help page, and the usage of a service
    openapi               all routes as OpenAPI 3.1
    error_text            errors in FDSN's form
    station               answers requests to station
    updates               the updates of the time-window function

Importing the modules of routes loads neither ObsPy nor NumPy nor boto3; `routes` imports the module
of an answer at its first request.
"""
