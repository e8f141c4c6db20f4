"""`get`, `serialize` and `deserialize` for one family of objects: this file stands unchanged in both packages.

A config is data. Names are looked up in a closed table; nothing that a config names is imported, executed or opened.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._limits import check_config, shown

PACKAGE = __name__.partition(".")[0]
TWINS = ("tfimpl", "torchimpl")
KEYS = ("module", "class_name", "config", "registered_name")


class Family:
    """The public objects of one family by name, and the way to them and back.

    Args:
        name: the family, "losses" for instance.
        objects: its public classes and functions.
        aliases: further names, each with the public name it stands for.
        functions: functions of other families that configs of this one may name.
        default: what `get(None)` returns.
    """

    def __init__(
        self,
        name: str,
        objects: Iterable[Callable],
        aliases: Mapping[str, str] | None = None,
        functions: Mapping[str, Callable] | None = None,
        default: Callable | None = None,
    ):
        self.name = name
        self.default = default
        self.objects = {item.__name__: item for item in objects}
        self.table = dict(self.objects)
        self.table.update({alias: self.objects[target] for alias, target in (aliases or {}).items()})
        self.functions = {key: item for key, item in self.objects.items() if inspect.isfunction(item)}
        self.functions.update(functions or {})

    def get(self, identifier: Any) -> Any:
        """Return the object for a name, a config or an object.

        Args:
            identifier: None, the name of a public class or function, what `serialize` returned, a class (called
                without arguments), or any other callable (returned as it is).

        Raises:
            ValueError: there is no such object, or its config does not fit.
        """
        if identifier is None:
            return self.default
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier)
        found = identifier
        if isinstance(identifier, str):
            check_config(f"{self.name}.get", identifier)
            found = self._by_name(identifier)
        if inspect.isclass(found):
            return found()
        if callable(found):
            return found
        raise ValueError(
            f"{self.name}.get: expected a name, a config or a callable. Received: {shown(identifier)} of type "
            f"{type(identifier).__name__}"
        )

    def serialize(self, item: Any) -> dict[str, Any]:
        """Return the config of an object or function, in the form Keras writes and as plain data for JSON.

        Raises:
            ValueError: `item` is neither a function with a name nor an object with `get_config`.
        """
        if inspect.isfunction(item):
            if item.__name__ == "<lambda>":
                raise ValueError(f"{self.name}.serialize: a lambda has no name to be found by. Use a named function.")
            return {
                "module": "builtins",
                "class_name": "function",
                "config": item.__name__,
                "registered_name": "function",
            }
        kind = type(item)
        if inspect.isclass(item) or not hasattr(item, "get_config"):
            raise ValueError(
                f"{self.name}.serialize: expected a function or an object with get_config. Received: {item!r}"
            )
        ours = self.objects.get(kind.__name__) is kind
        return {
            "module": f"{PACKAGE}.{self.name}" if ours else kind.__module__,
            "class_name": kind.__name__,
            "config": item.get_config(),
            "registered_name": f"{PACKAGE}.{self.name}>{kind.__name__}" if ours else kind.__name__,
        }

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None, path: str | None = None) -> Any:
        """Build the object that a config describes; a plain name stands for itself.

        Args:
            config: what `serialize` of this package, of its twin or of Keras returned, or a name.
            custom_objects: the classes and functions that are not public here, by name.
            path: where the config stands in a larger one, for errors.

        Raises:
            ValueError: the config names an unknown object or argument, an argument has a wrong value, or the config is
                larger than any needs to be.
        """
        where = path or f"{self.name}.deserialize"
        check_config(where, config)
        if isinstance(config, str):
            return self._by_name(config, custom_objects, path)
        if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
            raise ValueError(f"{where}: expected a name or a dictionary with a `class_name`. Received: {shown(config)}")
        surplus = [key for key in config if key not in KEYS]
        if surplus:
            raise ValueError(f"{where}: unknown key {surplus[0]!r}, expected {list(KEYS)}. Received: {shown(config)}")
        if config["class_name"] == "function":
            return function_from_config(config, self.functions, custom_objects, where)
        name = config["class_name"]
        found = self._resolve(config, custom_objects, where)
        path = path or f"{where}: {name}"
        if not hasattr(found, "from_config"):
            raise ValueError(f"{where}: {name!r} stands for {found!r}, which has no from_config and takes no config.")
        arguments = config.get("config", {})
        if not isinstance(arguments, Mapping):
            raise ValueError(f"{path}.config must be a dictionary. Received: {shown(arguments)}")
        arguments = {
            key: function_from_config(value, self.functions, custom_objects, f"{path}.config.{key}")
            if isinstance(value, Mapping) and value.get("class_name") == "function"
            else value
            for key, value in arguments.items()
        }
        try:
            return found.from_config(arguments)
        except (TypeError, ValueError) as error:
            # Errors write an argument so; what a config gives is named with its path.
            named = re.search(r"argument `(\w+)`", str(error))
            place = f".{named[1]}" if named and named[1] in arguments else ""
            raise ValueError(f"{path}.config{place}: {error}") from error

    def _resolve(self, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None, where: str) -> type:
        name, registered = config["class_name"], config.get("registered_name")
        if self._is_public(config) and inspect.isclass(self.table.get(name)):
            return self.table[name]
        for key in (registered, name):
            if isinstance(key, str) and key in (custom_objects or {}):
                return custom_objects[key]
        if not self._is_public(config):
            raise ValueError(
                f"{where}: {name!r} of module {shown(config.get('module'))} is not one of {PACKAGE}'s "
                f'objects. If it is yours, pass custom_objects={{"{name}": ...}}.'
            )
        return self._by_name(name, custom_objects, where)

    def _is_public(self, config: Mapping[str, Any]) -> bool:
        """Whether a config says that Keras or one of the twins wrote it for a public object."""
        module, registered = config.get("module"), config.get("registered_name")
        if not all(item is None or isinstance(item, str) for item in (module, registered)):
            return False
        homes = (f"keras.{self.name}", *(f"{twin}.{self.name}" for twin in TWINS))
        known_home = module is None or any(module == home or module.startswith(f"{home}.") for home in homes)
        known_name = registered in (None, config["class_name"]) or registered in (
            f"{twin}.{self.name}>{config['class_name']}" for twin in TWINS
        )
        return known_home and known_name

    def _by_name(self, name: str, custom_objects: Mapping[str, Any] | None = None, where: str | None = None) -> Any:
        names = {**self.table, **(custom_objects or {})}
        if name in names:
            return names[name]
        raise ValueError(unknown_name(where or self.name, name, names))


def function_from_config(
    config: Mapping[str, Any],
    functions: Mapping[str, Callable],
    custom_objects: Mapping[str, Any] | None,
    where: str,
) -> Callable:
    """Find the function that a config of `class_name` "function" names."""
    name = config.get("config")
    names = {**functions, **(custom_objects or {})}
    if isinstance(name, str):
        package, _, bare = name.rpartition(">")
        if name in names:
            return names[name]
        if package.partition(".")[0] in TWINS and bare in functions:
            return functions[bare]
    raise ValueError(unknown_name(where, name, names) + f' If it is yours, pass custom_objects={{"{name}": ...}}.')


def unknown_name(where: str, name: Any, known: Iterable[str]) -> str:
    """The text of an error about a name that nobody knows, with the names that come close."""
    close = difflib.get_close_matches(str(name), list(known), n=3)
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known names: {sorted(known)}."
    return f"{where}: unknown name {name!r}. {hint}"
