"""Pages about the services: the help page at the root, and the usage of each service."""

from html import escape

from shared.fdsnws.examples import Example
from shared.fdsnws.parameters import Parameter, Service
from shared.fdsnws.selection import bounds
from shared.fdsnws.services import SERVICES
from shared.invocation.http_request import HttpRequest
from shared.reply import File

_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<title>Waveforms of the archive</title>\n"
    "<style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}"
    "pre{overflow:auto;background:#f4f4f4;padding:.5em}</style>\n</head>\n<body>\n"
)


def help_page(request: HttpRequest) -> File:
    """Return the page at the root: the services, with examples that work as they stand.

    Raises:
        SettingsError: the setting of the example is wrong, also for `usage_text`.
    """
    base, shown = request.base_url, Example.of_archive()
    rows = "".join(_row(each, base, shown) for each in SERVICES.values())
    example = (
        "from obspy import UTCDateTime\n"
        "from obspy.clients.fdsn import Client\n\n"
        f'client = Client("{base}")\n'
        f"{shown.waveforms}"
    )
    text = (
        f"{_HEAD}<h1>Waveforms of the archive</h1>\n"
        "<p>FDSN web services and time windows over an open archive of seismic waveforms.</p>\n"
        f"<ul>\n{rows}"
        f"<li>Time windows as JSON, miniSEED or SAC: {_link(base + shown.window, 'an example')}, "
        f"{_link(base + '/openapi.json', 'openapi.json')}</li>\n</ul>\n"
        f"<h2>In Python</h2>\n<pre>{escape(example)}</pre>\n</body>\n</html>\n"
    )
    return File(text.encode(), "text/html; charset=utf-8", "html")


def usage_text(service: Service, base_url: str) -> File:
    """Return the page of a service: its limits, and the parameters of its methods.

    Args:
        service: the service.
        base_url: the URL before the service's path.
    """
    title = f"fdsnws-{service.name} {service.version}"
    lines = [title, "", service.description, "", service.limits, bounds(), ""]
    for method, parameters in service.methods.items():
        lines += [f"{base_url}{service.path}/{method}", ""]
        lines += [_usage(each) for each in parameters]
        lines.append("")
    if service.module:
        query = Example.of_archive().queries[service.name]
        lines += ["Example:", f"{base_url}{service.path}/{query}", ""]
    return File("\n".join(lines).encode(), "text/plain", "txt")


def _row(service: Service, base: str, shown: Example) -> str:
    root = f"{base}{service.path}"
    links = [
        _link(f"{root}/", "usage"),
        _link(f"{root}/version", "version"),
        _link(f"{root}/application.wadl", "WADL"),
    ]
    if service.module:
        links.insert(0, _link(f"{root}/{shown.queries[service.name]}", "an example"))
    return f"<li>{service.name}: {escape(service.description)} {', '.join(links)}</li>\n"


def _link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def _usage(parameter: Parameter) -> str:
    names = ", ".join((parameter.name, *parameter.short))
    options = f" ({', '.join(parameter.options)})" if parameter.options else ""
    bounds = [f"from {parameter.lowest:g}"] if parameter.lowest is not None else []
    bounds += [f"to {parameter.highest:g}"] if parameter.highest is not None else []
    default = f" Default: {parameter.default_text}." if parameter.default_text else ""
    kind = " ".join((parameter.kind, *bounds))
    return f"  {names:28} {kind}{options}. {parameter.description}{default}"
