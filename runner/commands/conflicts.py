"""Options of a command line that contradict each other."""

import argparse


def conflict(options: argparse.Namespace) -> str | None:
    """Return an error message for options that contradict each other, or name no folder."""
    if options.local and (options.endpoint_url or options.profile):
        return "--local needs neither --endpoint-url nor --profile: it stands for both"
    if options.queue and options.function_name:
        return "--queue and --function-name: requests go to one or the other"
    if options.queue and options.command == "windows":
        return "--queue is for the command response: time windows are answered, not queued"
    if options.command == "windows" and (problem := _conflict_of_windows(options)):
        return problem
    is_of_days = options.command != "windows"
    if is_of_days and options.file and bool(options.day) != bool(options.nscl):
        return "--file with --day or --nscl: give both of these, for further requests, or neither"
    if options.o and options.plot and options.o.absolute() == options.plot.absolute():
        return f"-o and --plot both name {options.o}: give two files"
    if options.results and str(options.results) in options.file:
        return f"--file and --results both name {options.results}: give two files"
    conflict_of = _conflict_of_fetch if options.command == "fetch" else _conflict_of_results
    if problem := conflict_of(options):
        return problem
    folders = [path.parent for path in (options.o, options.results, options.plot) if path]
    missing = [folder for folder in folders if not folder.is_dir()]
    return f"there is no folder {missing[0]}" if missing else None


def _conflict_of_results(options: argparse.Namespace) -> str | None:
    """Return an error message for options about results that contradict each other."""
    if options.output_bucket and not options.resume:
        return "--output-bucket is where --resume looks: give both"
    if options.download and options.queue:
        return "--download with --queue: the results come later, so get them by the command fetch"
    if options.layout and not options.download:
        return "--layout is that of a folder of results: name the folder with --download"
    return None


def _conflict_of_fetch(options: argparse.Namespace) -> str | None:
    """Return an error message for options of `fetch` that contradict each other."""
    for name in ("function_name", "endpoint_url", "queue", "o"):
        if getattr(options, name):
            option = f"--{name.replace('_', '-')}" if name != "o" else "-o"
            return f"{option} is for calling functions: fetch reads their results from S3"
    if bool(options.day) != bool(options.nscl):
        return "--day and --nscl: give both of these, or neither"
    if options.results and (options.day or options.file):
        return "--results names results, and so do --day, --nscl and --file: give one or the other"
    return None


def _conflict_of_windows(options: argparse.Namespace) -> str | None:
    """Return an error message for options of `windows` that contradict each other."""
    selects = options.nscl or options.file
    times = [name for name in ("start", "end", "duration") if getattr(options, name) is not None]
    if options.request and (selects or times):
        option = "nscl" if options.nscl else "file" if options.file else times[0]
        return f"--request is a whole request: give it without --{option}"
    if "end" in times and "duration" in times:
        return "--end and --duration: give one of them"
    if times and not selects:
        return f"--{times[0]} is for channels: name them with --nscl, or in a --file"
    if options.nscl and options.start is None:
        return "--nscl needs the time: --start TIME, and --end TIME or --duration SECONDS"
    if options.nscl and len(times) < 2:
        return "--start needs --end TIME or --duration SECONDS"
    return None
