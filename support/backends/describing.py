"""What a backend's OpenAPI description says of its answers: the shape of each, every refusal, and who is let in.

FastAPI describes what a route takes; what it answers with is not known to it, since routes answer with finished bodies.
That is written down beside the routes, in a file `answers.yaml`:

    security: [[bearer]]                    # schemes that are needed together; several such lists are alternatives
    schemes: {bearer: {type: http, scheme: bearer}}
    open: [GET /health]                     # routes for which nothing is needed
    secured: {GET /keys: [[admin]]}         # routes for which something else is needed
    headers: {x-version: text}              # of every answer
    success: {POST: 201}                    # by method, where it is not 200
    refusal: Refusal                        # the shape of every refusal
    refused: {always: [401], query: [400], body: [400, 413], path: [404], POST: [409]}     # by what a route takes
    shapes: {Refusal: {statusCode: integer, message: text}}
    answers:
      GET /things: {things: [Thing]}        # the shape of the success
      POST /things: {201: Thing, 409: Refusal}      # or by status, beside the refusals that follow from `refused`

A shape is one of text, integer, number, boolean, object, any, "null"; a/b/c (one of these texts); "is a" (that text);
the name of a shape; several of them with "or" between; true or false (that value); [shape]; or {property: shape}: a
"property or none" may be missing, and there are no others unless "*" says of what shape. Other media types than JSON
are said as in {200: {media: {text/event-stream: text}}}; an answer without a body is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

_OR, _OR_NONE, _IS = " or ", " or none", "is "

Schema = dict[str, Any]

_WORDS: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "any": {},
    "null": {"type": "null"},
}


def describe(app: FastAPI, file: Path, more: Callable[[Schema], None] = lambda _: None) -> None:
    """Have an application describe itself as the file says. The file is read when somebody asks.

    `more` is given the description of all components' schemas, to say in them what is known only when it runs.
    """
    plain = app.openapi

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = complete(plain(), read(file))
            more(app.openapi_schema["components"]["schemas"])
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def read(file: Path) -> dict[str, Any]:
    """What the file says."""
    import yaml  # noqa: PLC0415 - only whoever asks for the description needs it

    said: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return said


def complete(described: Schema, said: Mapping[str, Any]) -> Schema:
    """FastAPI's description, completed. LookupError for a route whose answers are not said, or that there is not."""
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    if odd := operations.keys() ^ said["answers"].keys():
        raise LookupError(f"these routes, or what they answer, are not described: {', '.join(sorted(odd))}")
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, each in schemas.items():
        _without_defaults(each, all_of_them=name.endswith(("Changes", "Update")))
    schemas |= {name: schema(shape) for name, shape in said["shapes"].items()}
    if "schemes" in said:
        components["securitySchemes"] = said["schemes"]
    for name, operation in operations.items():
        for parameter in operation.get("parameters", ()):
            _without_null(parameter)
        operation["responses"] = responses(name, operation, said)
        if name not in said.get("open", ()):
            needed = said.get("secured", {}).get(name, said.get("security", ()))
            operation["security"] = [{key: [] for key in each} for each in needed]
    return described


def _without_defaults(described: Schema, *, all_of_them: bool) -> None:
    """What a change does not say is left as it is; and an empty text, where text is needed, only means: not sent."""
    for each in described.get("properties", {}).values():
        if all_of_them or each.get("default") == "":
            each.pop("default", None)


def _without_null(parameter: Schema) -> None:
    """A parameter that may be left out is never null: an address cannot say that."""
    told = parameter["schema"]
    if "anyOf" in told:
        kinds = [each for each in told.pop("anyOf") if each != {"type": "null"}]
        parameter["schema"] = {**told, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}


def responses(name: str, operation: Schema, said: Mapping[str, Any]) -> Schema:
    """Every answer of a route, by status."""
    refusal = said["refusal"]
    method = name.partition(" ")[0]
    takes = taken(operation) | ({method} if name in said.get("open", ()) else {method, "always"})
    answers = {status: refusal for kind in takes for status in said["refused"].get(kind, ())}
    told = said["answers"][name]
    by_status = isinstance(told, dict) and any(isinstance(key, int) for key in told)
    answers |= told if by_status else {said.get("success", {}).get(method, 200): told}
    headers = {header: {"required": True, "schema": schema(shape)} for header, shape in said.get("headers", {}).items()}
    return {str(status): response(status, answers[status], headers) for status in sorted(answers)}


def taken(operation: Schema) -> set[str]:
    """What a route takes: query, path, body."""
    takes = {"query", "path"} & {parameter["in"] for parameter in operation.get("parameters", ())}
    return takes | ({"body"} if "requestBody" in operation else set())


def response(status: int, shape: Any, headers: Schema) -> Schema:
    """One answer; None: it has no body."""
    told: Schema = {
        "description": "Success" if status < 400 else "Refusal",
        **({"headers": headers} if headers else {}),
    }
    if isinstance(shape, dict) and "media" in shape:
        told["content"] = {media: {"schema": schema(each)} for media, each in shape["media"].items()}
    elif shape is not None:
        told["content"] = {"application/json": {"schema": schema(shape)}}
    return told


def schema(shape: Any) -> Schema:
    """The JSON Schema of a shape."""
    match shape:
        case bool():
            return {"const": shape}
        case [item]:
            return {"type": "array", "items": schema(item)}
        case dict():
            return _object(shape)
    return _word(shape)


def _word(word: str) -> Schema:
    if word.startswith(_IS):
        return {"const": word.removeprefix(_IS)}
    if _OR in word:
        return {"anyOf": [_word(each) for each in word.split(_OR)]}
    if word in _WORDS:
        return dict(_WORDS[word])
    return {"enum": word.split("/")} if "/" in word else {"$ref": f"#/components/schemas/{word}"}


def _object(shape: Mapping[str, Any]) -> Schema:
    properties = {name.removesuffix(_OR_NONE): schema(each) for name, each in shape.items() if name != "*"}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in shape if name != "*" and not name.endswith(_OR_NONE)],
        "additionalProperties": schema(shape["*"]) if "*" in shape else False,
    }
