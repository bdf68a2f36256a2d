"""The recipes: named configs to start from, grouped by the notes they come from."""

from app.core.errors import InputError
from app.core.recipes import lab, optimizers, quickstart, studio, textbook, tuning
from app.core.recipes.recipe import Recipe

__all__ = ["RECIPES", "Recipe", "find_recipe"]

RECIPES: tuple[Recipe, ...] = (
    *quickstart.RECIPES,
    *studio.RECIPES,
    *tuning.RECIPES,
    *textbook.RECIPES,
    *optimizers.RECIPES,
    *lab.RECIPES,
)

_BY_ID = {recipe.id: recipe for recipe in RECIPES}


def find_recipe(recipe_id: str) -> Recipe:
    """The recipe of that id. Raises InputError listing the ids if there is none."""
    if recipe_id not in _BY_ID:
        raise InputError(f"There is no recipe '{recipe_id}'; choose one of: {', '.join(_BY_ID)}.")
    return _BY_ID[recipe_id]
