"""Parameters that several commands have in common, said once."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Command = Callable[..., Answer]


def taking(**makers: Callable[..., Any]) -> Callable[[Command[Answer]], Command[Answer]]:
    """Let a command, or such a maker, have parameters that are made from several options each.

    Args:
        **makers: By the name of the command's parameter, the function that makes it; that one's
            parameters are the command's options in its place.
    """

    def with_options(command: Command[Answer]) -> Command[Answer]:
        own = inspect.signature(command)
        given = {name: inspect.signature(make).parameters for name, make in makers.items()}
        shown = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, whole in own.parameters.items()
            for parameter in (given[name].values() if name in given else [whole])
        ]

        @functools.wraps(command)
        def called(**options: Any) -> Answer:  # noqa: ANN401 - as Typer read them
            for name, make in makers.items():
                parts = {part: options.pop(part) for part in given[name]}
                options[name] = make(**parts)
            return command(**options)

        # Typer reads both.
        called.__annotations__ = {one.name: one.annotation for one in shown}
        vars(called)["__signature__"] = own.replace(parameters=shown)
        return called

    return with_options
