"""The WADL of a service, from its table of parameters: ObsPy's client reads it at its start."""

from html import escape

from shared.fdsnws.parameters import CODES, KINDS, TIMES, Parameter, Service
from shared.fdsnws.selection import bounds
from shared.reply import File

_MEDIA_TYPES = {"dataselect": "application/vnd.fdsn.mseed", "station": "application/xml"}


def wadl(service: Service, base_url: str) -> File:
    """Return the WADL of a service.

    Args:
        service: the service.
        base_url: the URL before the service's path.
    """
    resources = "".join(_resource(service, method) for method in service.methods)
    base = escape(f"{base_url}{service.path}/")
    limits = escape(f"{service.limits} {bounds()}".strip())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<application xmlns="http://wadl.dev.java.net/2009/02"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema">\n'
        f'  <doc title="fdsnws-{service.name} {service.version}">{limits}</doc>\n'
        f'  <resources base="{base}">\n'
        f"{resources}"
        f"{_plain('version', 'text/plain')}"
        f"{_plain('application.wadl', 'application/xml')}"
        "  </resources>\n"
        "</application>\n"
    )
    return File(text.encode(), "application/xml", "wadl")


def _resource(service: Service, name: str) -> str:
    parameters = "".join(_param(each) for each in service.methods[name])
    media_type = _MEDIA_TYPES.get(service.name, "text/plain")
    in_lines = ", ".join((*CODES, *TIMES))
    return (
        f'    <resource path="{name}">\n'
        f'      <method name="GET" id="{name}">\n'
        "        <request>\n"
        f"{parameters}"
        "        </request>\n"
        f"{_responses(media_type)}"
        "      </method>\n"
        f'      <method name="POST" id="post{name.capitalize()}">\n'
        f'        <request>\n          <representation mediaType="text/plain">'
        f"<doc>Lines of key=value, then lines of {in_lines}.</doc></representation>\n"
        "        </request>\n"
        f"{_responses(media_type)}"
        "      </method>\n"
        "    </resource>\n"
    )


def _responses(media_type: str) -> str:
    return (
        f'        <response status="200"><representation mediaType="{media_type}"/></response>\n'
        '        <response status="204 400 404 413 414 500 502">'
        '<representation mediaType="text/plain"/></response>\n'
    )


def _param(parameter: Parameter) -> str:
    default = parameter.default_text
    attributes = f' default="{escape(default)}"' if default else ""
    options = ""
    if parameter.kind == "choice":
        options = "".join(f'<option value="{escape(each)}"/>' for each in parameter.options)
    doc = f"<doc>{escape(parameter.description)}</doc>" if parameter.description else ""
    return (
        f'          <param name="{parameter.name}" style="query" type="{KINDS[parameter.kind]}"'
        f"{attributes}>{doc}{options}</param>\n"
    )


def _plain(name: str, media_type: str) -> str:
    return (
        f'    <resource path="{name}"><method name="GET" id="{name}"><response>'
        f'<representation mediaType="{media_type}"/></response></method></resource>\n'
    )
