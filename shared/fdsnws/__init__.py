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
    examples              the requests that the pages show
    openapi               all routes as OpenAPI 3.1
    error_text            errors in FDSN's form
    station               answers station's requests
    _station_query        the criteria of a request
    _station_patterns     its codes and times
    _station_data         the days on which channels have data
    _station_selection    the networks, stations and channels that the criteria select
    _station_reading      finds the parts of files, by the station index or in the files
    _station_files        reads StationXML files in parallel
    _station_sources      the selected parts of files
    _station_networks     the same networks of several files, put together
    _station_text         networks, stations and channels as text
    _station_xml          the same as StationXML
    _station_limits       the limits of a request
    availability          answers availability's requests
    _availability_rows    continuous spans and extents
    _index_extents        extents of many channels, to the day
    _availability_text    these as text, GeoCSV, JSON and lines for a POST
    updates               the updates of the time-window function

Importing the modules of routes loads neither ObsPy nor NumPy nor boto3; `routes` imports the module
of an answer at its first request.
"""
