"""Templates of documents: finding and selecting them."""

from __future__ import annotations

from typing import Any

from ..practice import PracticeMalformedError
from . import calls
from .base import Tool, ToolContext, ToolError, UiAction
from .schema import ident, needed, takes, text

TOOLS = (
    Tool(
        "get_templates",
        "The practice's templates with their content.",
        takes(
            template_type=text("only those of this type, such as progress_note", 100),
            search_query=text("only those whose name or description holds this", 200),
        ),
    ),
    Tool(
        "select_template_by_name",
        "Select a template for the next document by its name.",
        takes(template_name=needed(text("its name, or a part that only it has", 200))),
        "templates:select_by_name",
    ),
    Tool(
        "set_selected_template",
        "Select a template for the next document by its id.",
        takes(template_id=needed(ident("template"))),
        "templates:select_by_id",
    ),
    Tool(
        "get_selected_template",
        "The template that is selected on the page.",
        takes(),
        "templates:selected",
    ),
)


async def select_by_name(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Select the one template of that name."""
    answer = await calls.make(context, "select_template_by_name", arguments)
    found = [parsed(template) for template in answer["templates"]]
    return await select(context, called(arguments["template_name"], found))


async def select_by_id(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Select the template with that id."""
    return await select(context, parsed(await calls.make(context, "set_selected_template", arguments)))


def parsed(template: Any) -> dict[str, str]:
    """A template of the practice as the page holds it. Raises PracticeMalformedError for what is none."""
    try:
        names = {"templateId": template["id"], "templateName": template["name"], "templateContent": template["content"]}
    except (KeyError, TypeError):
        raise PracticeMalformedError("The practice's answer holds a template without id, name or content.") from None
    if not all(isinstance(value, str) for value in names.values()):
        raise PracticeMalformedError("The practice's answer holds a template whose id, name or content is no text.")
    return {**names, "templateDescription": template.get("description") or ""}


async def select(context: ToolContext, chosen: dict[str, str]) -> Any:
    """Select a template on the page."""
    await context.ui_state.change(selectedTemplate=chosen)
    context.actions.append(UiAction("set_selected_template", chosen))
    return {"selected": chosen}


async def selected(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """The selected template, or none."""
    del arguments
    return {"selected": context.ui_state.read().get("selectedTemplate")}


def called(name: str, templates: list[dict[str, str]]) -> dict[str, str]:
    """The template of that name, else the only one whose name holds it. Raises ToolError that names the candidates."""
    wanted = name.strip().casefold()
    exact = [template for template in templates if template["templateName"].strip().casefold() == wanted]
    near = exact or [template for template in templates if wanted in template["templateName"].casefold()]
    if len(near) == 1:
        return near[0]
    names = ", ".join(repr(template["templateName"]) for template in near or templates)
    if near:
        raise ToolError(f"{len(near)} templates fit {name!r}: {names}. Say which one by its id.")
    raise ToolError(f"No template is called {name!r}" + (f"; there are: {names}." if names else "; see get_templates."))
