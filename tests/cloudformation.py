"""CloudFormation templates as CloudFormation reads them, as far as template.yaml needs it.

What is not known here raises: a function that is new to the template must be learned first.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "123456789012"
NO_VALUE = object()


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref X` is {"Ref": X}, `!Sub X` {"Fn::Sub": X}."""


def _short_form(loader: Any, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt":
        value = value.split(".", 1)
    return {name if name == "Ref" else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_form)


def read_template(path: Path) -> dict[str, Any]:
    """A template, its short forms written out."""
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)
    return template


@dataclass(frozen=True)
class Stack:
    """What a template makes with certain parameters.

    A resource that something refers to stands there by its logical name, `<Jobs>`, and an attribute
    by both names, `<Jobs.Arn>`.
    """

    template: dict[str, Any]
    parameters: dict[str, Any]
    region: str = "us-west-2"
    name: str = "scedc"

    @cached_property
    def resources(self) -> dict[str, Any]:
        """The resources whose conditions hold, by logical name, with all that they refer to."""
        return self._section("Resources")

    @cached_property
    def outputs(self) -> dict[str, Any]:
        return self._section("Outputs")

    def of_type(self, kind: str) -> dict[str, Any]:
        """The properties of all resources of a type, by logical name."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, logical_name: str) -> dict[str, Any]:
        """The properties of a resource; none if it is not there."""
        properties: dict[str, Any] = self.resources.get(logical_name, {}).get("Properties", {})
        return properties

    def _section(self, section: str) -> dict[str, Any]:
        return {
            name: self._resolved(entry)
            for name, entry in self.template[section].items()
            if "Condition" not in entry or self._condition(entry["Condition"])
        }

    def _condition(self, name: str) -> bool:
        return bool(self._resolved(self.template["Conditions"][name]))

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self._resolved, value) if one is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._called(function, argument)
        resolved = {name: self._resolved(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not NO_VALUE}

    def _called(self, function: str, argument: Any) -> Any:
        if function == "Fn::If":
            condition, then, otherwise = argument
            return self._resolved(then if self._condition(condition) else otherwise)
        if function == "Fn::Sub":
            return self._substituted(argument)
        argument = self._resolved(argument)
        if function == "Ref":
            return self._referred(argument)
        if function == "Fn::GetAtt":
            return self._referred(".".join(argument))
        if function == "Fn::Equals":
            return str(argument[0]) == str(argument[1])
        if function == "Fn::Not":
            return not argument[0]
        if function == "Fn::FindInMap":
            mapping, first, second = map(str, argument)
            return self.template["Mappings"][mapping][first][second]
        raise NotImplementedError(function)

    def _substituted(self, argument: Any) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})
        values = self._resolved(own)
        return re.sub(
            r"\$\{([^}]+)\}",
            lambda found: str(values.get(found[1]) or self._referred(found[1])),
            text,
        )

    def _referred(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template["Parameters"]:
            return self.parameters.get(name, self.template["Parameters"][name].get("Default"))
        logical_name = name.split(".")[0]
        resource = self.template["Resources"][logical_name]
        if "Condition" in resource and not self._condition(resource["Condition"]):
            raise KeyError(f"{logical_name} is referred to, and is not there")
        return f"<{name}>"
