"""Templates of documents: finding and selecting them."""

from __future__ import annotations

from typing import Any

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
    return await select(context, called(arguments["template_name"], answer["templates"]))


async def select_by_id(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Select the template with that id."""
    return await select(context, await calls.make(context, "set_selected_template", arguments))


async def select(context: ToolContext, template: dict[str, Any]) -> Any:
    """Select a template of the practice on the page."""
    chosen = {
        "templateId": template["id"],
        "templateName": template["name"],
        "templateContent": template["content"],
        "templateDescription": template.get("description") or "",
    }
    await context.ui_state.change(selectedTemplate=chosen)
    context.actions.append(UiAction("set_selected_template", chosen))
    return {"selected": chosen}


async def selected(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """The selected template, or none."""
    del arguments
    return {"selected": context.ui_state.read().get("selectedTemplate")}


def called(name: str, templates: list[dict[str, Any]]) -> dict[str, Any]:
    """The template of that name, else the only one whose name holds it. Raises ToolError that names the candidates."""
    wanted = name.strip().casefold()
    exact = [template for template in templates if template["name"].strip().casefold() == wanted]
    near = exact or [template for template in templates if wanted in template["name"].casefold()]
    if len(near) == 1:
        return near[0]
    names = ", ".join(repr(template["name"]) for template in near or templates)
    if near:
        raise ToolError(f"{len(near)} templates fit {name!r}: {names}. Say which one by its id.")
    raise ToolError(f"No template is called {name!r}" + (f"; there are: {names}." if names else "; see get_templates."))
