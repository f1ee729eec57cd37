"""The description of all routes as OpenAPI 3.1, made of the tables that answer them.

https://spec.openapis.org/oas/v3.1.1.html
"""

from collections.abc import Mapping
from typing import Any

from shared import strict_json
from shared.fdsnws.parameters import Parameter, Service
from shared.fdsnws.services import SERVICES
from shared.invocation import reply_body
from shared.reply import File
from shared.version import VERSION
from shared.windows.request_names import OPTIONS, READS, WINDOW

_JSON, _TEXT = "application/json", "text/plain"
_TYPES: dict[str, dict[str, Any]] = {
    "time": {"type": "string", "examples": ["2024-01-01T00:00:00"]},
    "text": {"type": "string"},
    "codes": {"type": "string", "pattern": "^[A-Za-z0-9*?,-]+$"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
}
_MEDIA_TYPES = {
    "dataselect": ("application/vnd.fdsn.mseed", "application/vnd.fdsn.mseed3"),
    "station": ("application/xml", _TEXT),
    "availability": (_TEXT, "text/csv", _JSON),
}
_LINE = "NET STA LOC CHA START END, a line for each; parameters as key=value before them"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {"type": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}


def document(base_url: str) -> File:
    """Return the description of all routes.

    Args:
        base_url: the URL before all paths.
    """
    paths: dict[str, Any] = {
        "/": {"get": _operation("The help page.", ("text/html",), text_errors=False)},
        "/openapi.json": {"get": _operation("This description.", (_JSON,), text_errors=False)},
        "/windows": _windows(),
    }
    for service in SERVICES.values():
        paths |= _service(service)
    value = {
        "openapi": "3.1.0",
        "info": {
            "title": "Time windows and FDSN web services",
            "version": VERSION,
            "description": "Waveforms and metadata of an open archive.",
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }
    return File(strict_json.dumps(value), reply_body.JSON_TYPE, "json")


def _service(service: Service) -> dict[str, Any]:
    paths: dict[str, Any] = {
        f"{service.path}/": {"get": _operation("The parameters and limits.", (_TEXT,))},
        f"{service.path}/version": {"get": _operation("The version.", (_TEXT,))},
        f"{service.path}/application.wadl": {"get": _operation("WADL.", ("application/xml",))},
    }
    for name, parameters in service.methods.items() if service.module else ():
        media_types = _MEDIA_TYPES[service.name]
        empty = {"204": {"description": "No data."}}
        get = _operation(service.description, media_types, empty)
        get["parameters"] = [_parameter(each) for each in parameters]
        post = _operation(service.description, media_types, empty)
        post["requestBody"] = _body(_TEXT, {"type": "string", "description": _LINE})
        paths[f"{service.path}/{name}"] = {"get": get, "post": post}
    return paths


def _windows() -> dict[str, Any]:
    text = {"type": "string"}
    fields: dict[str, Any] = dict.fromkeys(WINDOW, text)
    options = dict.fromkeys(OPTIONS, text) | {"Read": {"enum": list(READS)}}
    window = {"type": "object", "properties": fields, "required": list(WINDOW[-2:])}
    request = {
        "type": "object",
        "required": ["Windows"],
        "properties": {"Windows": {"type": "array", "items": window, "minItems": 1}, **options},
    }
    formats = (_JSON, "application/vnd.fdsn.mseed", "application/zip")
    description = "Time windows; a window that fails has its error in its place."
    post = _operation(description, formats, text_errors=False)
    post["requestBody"] = _body(_JSON, request)
    get = _operation("One time window.", formats, text_errors=False)
    get["parameters"] = [
        {"name": name, "in": "query", "schema": schema, "required": name in WINDOW[-2:]}
        for name, schema in {**fields, **options}.items()
    ]
    return {"get": get, "post": post}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(_TYPES.get(parameter.kind, {"type": "string"}))
    if parameter.kind == "choice":
        schema["enum"] = list(parameter.options)
    bounds = {"minimum": parameter.lowest, "maximum": parameter.highest}
    schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    if parameter.default not in (None, ()):
        is_list = isinstance(parameter.default, tuple)
        schema["default"] = parameter.default_text if is_list else parameter.default
    described = {"description": parameter.description} if parameter.description else {}
    place = {"name": parameter.name, "in": "query", "required": False}
    return {**place, **described, "schema": schema}


def _body(media_type: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _operation(
    summary: str,
    media_types: tuple[str, ...],
    responses: Mapping[str, Any] | None = None,
    *,
    text_errors: bool = True,
) -> dict[str, Any]:
    schema: Mapping[str, Any] = {"$ref": "#/components/schemas/Error"}
    error = {_TEXT: {"schema": {"type": "string"}}} if text_errors else {_JSON: {"schema": schema}}
    answer: dict[str, Any] = {media_type: {} for media_type in media_types}
    return {
        "summary": summary,
        "responses": {
            "200": {"description": "The answer.", "content": answer},
            **(responses or {}),
            "default": {"description": "An error.", "content": error},
        },
    }
