"""Options for the parameters of response removal, which their table gives."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.response.parameters import NAMES, PARAMETERS, as_text


class _ParameterAction(argparse.Action):
    """Stores the JSON value of a parameter of response removal."""

    def __init__(self, *names: Any, from_words: Callable[..., Any], **keywords: Any) -> None:
        super().__init__(*names, **keywords)
        self._from_words = from_words

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  # argparse's signature
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        try:
            value = self._from_words(*(values or ()))
        except ValueError as error:
            raise argparse.ArgumentError(self, str(error)) from error
        setattr(namespace, self.dest, value)


def add_parameters(
    parser: argparse.ArgumentParser,
    names: Sequence[str] = NAMES,
    title: str = "response removal (see the README)",
    defaults: Mapping[str, Any] | None = None,
) -> None:
    """Add the options of parameters of the response removal.

    Args:
        parser: the command's parser.
        names: of the parameters.
        title: of their group.
        defaults: those that are not the parameters' own, by name; None is no default.
    """
    group = parser.add_argument_group(title)
    for parameter in PARAMETERS:
        if parameter.name not in names:
            continue
        value = (defaults or {}).get(parameter.name, parameter.default)
        has_default = parameter.nargs != 0 and value is not None
        default = f" (default: {as_text(value)})" if has_default else ""
        group.add_argument(
            parameter.option,
            dest=parameter.name,
            action=_ParameterAction,
            from_words=parameter.from_words,
            nargs=parameter.nargs,
            metavar=parameter.metavar or parameter.name.upper(),
            help=f"{parameter.help}{default}",
        )
