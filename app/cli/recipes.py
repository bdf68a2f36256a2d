"""`softmax-studio recipes`: what one can train."""

from app.cli.output import Json, Output
from app.core.recipes import RECIPES
from app.core.recipes.reference import reported_for


def recipes(json: Json = False) -> None:
    """List the recipes, with the metrics that the notes report."""
    output = Output(json)
    for recipe in RECIPES:
        reported = reported_for(recipe.id)
        output.facts(
            {
                "id": recipe.id,
                "title": recipe.title,
                "group": recipe.group,
                "explanation": recipe.explanation,
                "assumptions": recipe.assumptions,
                "reported": reported.figures if reported else None,
                "config": recipe.config.model_dump(mode="json"),
            },
            f"{recipe.id:<22} {reported.short if reported else '':<12} {recipe.title}. {recipe.explanation}",
        )
