"""`get`, `serialize` and `deserialize` for one family of objects: this file stands unchanged in both packages.

A config is data. Names are looked up in a closed table; nothing that a config names is imported, executed or opened.
"""

import difflib
import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

from ._config import constructor_arguments
from ._limits import check_config, shown
from ._plain_keras import ConfigWarning, read_config, write_config

PACKAGE = __name__.partition(".")[0]
TWINS = ("tfimpl", "torchimpl")
LONGEST = 2000  # characters of an error: a list that it names may be of a million
KEYS = ("module", "class_name", "config", "registered_name")
PLAIN = ("keras", "keras.random")  # of configs that constructors read: dtype policies, seed generators
CHAPTER = "custom"  # whose objects stand among those of any family
FAMILIES: dict[str, "Family"] = {}
REGISTERED: MutableMapping[str, Any] = {}  # of one's own, by name; that of tfimpl is Keras's too (`_keras`)

CLOSURES = (
    " If another function made it, as create_huber(2.0) makes huber_fn, no config holds the 2.0: pass "
    'custom_objects={"huber_fn": create_huber(2.0)}, or use a class, whose config does.'
)

Item = TypeVar("Item", bound=Callable)


def register(package: str, name: str | None = None) -> Callable[[Item], Item]:
    """Return a decorator after which `deserialize` finds a class or function of one's own, in every family.

    Its configs name it `package>name`, as Keras does after `keras.saving.register_keras_serializable(package, name)`:
    under the same names each reads the other's. In `tfimpl` either decorator is enough, and Keras finds the object too;
    `torchimpl` does not look into Keras. What is built in cannot be replaced.

    Args:
        package: the name of your project.
        name: that of the class or function if None.

    Raises:
        ValueError: the package is Keras or one of these two, the name is taken, a part is no such name, or the class
            has no `get_config`.

    Example:
        `@saving.register("vision")` before `class Pinball(losses.Loss): ...`
    """
    for part in (package, package if name is None else name):
        if not isinstance(part, str) or not part or set(part) & set("/\\\0>"):
            raise ValueError(f"register: expected names without slashes and '>'. Received: {package!r}, {name!r}")
    if package.partition(".")[0] in ("keras", *TWINS):
        raise ValueError(f"register: {package!r} names what is built in. Expected a name of your own.")

    def decorate(item: Item) -> Item:
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise ValueError(f"register: expected a function, or a class with get_config. Received: {item!r}")
        key = f"{package}>{item.__name__ if name is None else name}"
        if REGISTERED.setdefault(key, item) is not item:
            raise ValueError(f"register: {key!r} already stands for {REGISTERED[key]!r}. Choose another name.")
        return item

    return decorate


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
        FAMILIES[name] = self

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

    def serialize(self, item: Any, target: str | None = None) -> dict[str, Any]:
        """Return the config of an object or function, in the form Keras writes and as plain data for JSON.

        Args:
            item: a function, or an object with `get_config`.
            target: None, or "keras" for a config that plain Keras, without this package, reads with its own
                `deserialize`: the object it builds has these arguments, also those that Keras itself leaves out.

        Raises:
            ValueError: `item` is neither a function with a name nor an object with `get_config`, or would not come
                back as what it is; or Keras has no such object, or not with the value of an argument.
        """
        where = f"{self.name}.serialize"
        if target not in (None, "keras"):
            raise ValueError(f"{where}: argument `target` must be None or 'keras'. Received: target={target!r}")
        self._check_comes_back(item, self.functions, where)
        fn = getattr(item, "fn", None)
        if fn is not None and "fn" in constructor_arguments(type(item)):
            if self._owns(item):
                FAMILIES["losses"]._check_comes_back(fn, self.functions, where)
            else:
                self._holder(fn)._check_comes_back(fn, self.held_functions(), where)
        config = self.config(item)
        if target is None:
            return config
        if not self._owns(item):
            raise ValueError(f"{where}: Keras has no {item!r}. Expected one of {PACKAGE}.{self.name}'s own.")
        return write_config(where, self.name, config, self.functions)

    def _check_comes_back(self, item: Any, functions: Mapping[str, Callable], where: str) -> None:
        """Raise ValueError for what would not be found again, or would come back as another of these functions."""
        if not inspect.isfunction(item):
            if self._owner(item) is None:
                self._check_home(type(item), where)
            return
        name = _name_of(item)
        if name == "<lambda>":
            raise ValueError(f"{where}: a lambda has no name to be found by. Use a named function.")
        if functions.get(name) is item:
            return
        self._check_home(item, where)
        if name in functions:
            raise ValueError(
                f"{where}: {name!r} is another function of {PACKAGE}, which would come back in the place of this one. "
                f"Register yours (saving.register), or give it another name.{CLOSURES}"
            )

    def _check_home(self, item: Callable, where: str) -> None:
        """Raise ValueError for a class or function of Keras, of the twin, or of a family that is looked into elsewhere.

        What Keras has and the packages have not is found as one's own is, and so are the chapter's functions.
        """
        name, parts = item.__name__, str(item.__module__).split(".")
        homes = [*(FAMILIES[part] for part in parts if part in FAMILIES), self, *FAMILIES.values()]
        home = next((family for family in homes if name in family.objects), None)
        if home is None or parts[0] not in ("keras", *TWINS):
            return
        if parts[0] != PACKAGE:
            owner, use = "Keras" if parts[0] == "keras" else parts[0], f"{PACKAGE}.{home.name}.{name}"
            if inspect.isclass(item):
                use += ", with the same arguments"
                if home.name == "metrics":
                    use += f": its set_state takes {'the metric' if owner == 'Keras' else 'what get_state returns'}"
            raise ValueError(
                f"{where}: expected what is {PACKAGE}'s, or your own. Received: {name} of {owner} "
                f"({'.'.join(parts)}). Use {use}."
            )
        if home.name != CHAPTER:
            raise ValueError(
                f"{where}: expected what is of {PACKAGE}.{self.name}, or your own. Received: {name} of "
                f"{PACKAGE}.{home.name}. Use {home.name}.serialize."
            )

    def held_functions(self) -> dict[str, Callable]:
        """The functions that objects of one's own hold, by the names under which they are found: those of any family.

        The chapter's are none of them: `create_huber` calls all that it makes huber_fn.
        """
        found: dict[str, Callable] = {}
        for family in FAMILIES.values():
            found.update(family.functions if family.name != CHAPTER else {})
        return {**found, **self.functions}

    def config(self, item: Any) -> dict[str, Any]:
        """Return what `serialize` does, whether or not a function of that name would come back as another."""
        where = f"{self.name}.serialize"
        if inspect.isfunction(item):
            name = _name_of(item)
            return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
        kind = type(item)
        if inspect.isclass(item) or not hasattr(item, "get_config"):
            raise ValueError(f"{where}: expected a function or an object with get_config. Received: {item!r}")
        owner = self._owner(item)
        home, arguments = f"{PACKAGE}.{owner.name}" if owner else "", item.get_config()
        return {
            "module": home or kind.__module__,
            "class_name": kind.__name__,
            "config": arguments if owner else self._configs_in(arguments),
            "registered_name": f"{home}>{kind.__name__}" if owner else _name_of(kind),
        }

    def _owner(self, item: Any) -> "Family | None":
        """The family, this one or the chapter, of whose classes an object is."""
        return next((family for family in (self, FAMILIES.get(CHAPTER)) if family and family._owns(item)), None)

    def _owns(self, item: Any) -> bool:
        if inspect.isfunction(item):
            return self.functions.get(item.__name__) is item
        return self.objects.get(type(item).__name__) is type(item)

    def _configs_in(self, value: Any) -> Any:
        """Put configs in the place of the objects and functions among the arguments of what is not built in."""
        if isinstance(value, Mapping):
            return {key: self._configs_in(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._configs_in(item) for item in value]
        if inspect.isfunction(value):
            self._check_comes_back(value, self.held_functions(), f"{self.name}.serialize")
            return self.config(value)
        if hasattr(value, "get_config") and not inspect.isclass(value):
            return self._holder(value).serialize(value)
        return value

    def _holder(self, value: Any) -> "Family":
        """The family to which an object that another one holds belongs; this one if it belongs to none."""
        return next((family for family in FAMILIES.values() if family._owns(value)), self)

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None, path: str | None = None) -> Any:
        """Build the object that a config describes; a plain name stands for itself.

        Warns (`ConfigWarning`) where Keras wrote the config and left out an argument, or rounded it.

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
            return self._function(config, self.functions, custom_objects, where)
        chapter = FAMILIES.get(CHAPTER)
        if chapter not in (None, self) and family_of(config) is chapter:
            return chapter.deserialize(config, custom_objects, path)
        name = config["class_name"]
        found, built_in = self._resolve(config, custom_objects, where)
        path = path or f"{where}: {name}"
        if not hasattr(found, "from_config"):
            raise ValueError(f"{where}: {name!r} stands for {found!r}, which has no from_config and takes no config.")
        arguments = config.get("config", {})
        if not isinstance(arguments, Mapping):
            raise ValueError(f"{path}.config must be a dictionary. Received: {shown(arguments)}")
        notes: list[str] = []
        if built_in:
            arguments, notes = read_config(path, self.name, found, arguments, config.get("module"))
        arguments = {
            key: self._revived(value, custom_objects, f"{path}.config.{key}", built_in)
            for key, value in arguments.items()
        }
        try:
            item = found.from_config(arguments)
        except (TypeError, ValueError) as error:
            # Errors write an argument so; what a config gives is named with its path.
            named = re.search(r"argument `(\w+)`", str(error))
            place = f".{named[1]}" if named and named[1] in arguments else ""
            raise ValueError(f"{path}.config{place}: {str(error)[:LONGEST]}") from error
        for note in notes:
            warnings.warn(f"{path}: {note}", ConfigWarning, stacklevel=2)
        return item

    def _revived(self, value: Any, custom_objects: Mapping[str, Any] | None, where: str, built_in: bool = False) -> Any:
        """Put objects and functions in the place of the configs among arguments.

        What is built in takes functions, and as the argument `fn` losses.
        """
        if isinstance(value, Mapping):
            if value.get("class_name") == "function":
                known = self.functions if built_in else self.held_functions()
                return self._function(value, known, custom_objects, where)
            if built_in and where.endswith(".config.fn"):
                return FAMILIES["losses"].deserialize(value, custom_objects, where)
            if built_in or value.get("module") in PLAIN:
                return value
            if set(value) == set(KEYS):
                return (family_of(value) or self).deserialize(value, custom_objects, where)
            return {key: self._revived(item, custom_objects, f"{where}.{key}") for key, item in value.items()}
        if isinstance(value, list) and not built_in:
            return [self._revived(item, custom_objects, f"{where}[{i}]") for i, item in enumerate(value)]
        return value

    def _resolve(
        self, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None, where: str
    ) -> tuple[Any, bool]:
        """Return what a config stands for, and whether it is one of this package's own."""
        name, registered = config["class_name"], config.get("registered_name")
        if self._is_public(config) and inspect.isclass(self.table.get(name)):
            return self.table[name], True
        for key in (registered, name):
            if isinstance(key, str) and key in (custom_objects or {}):
                return custom_objects[key], False
        if isinstance(registered, str) and registered in REGISTERED:
            return REGISTERED[registered], False
        if not self._is_public(config):
            other, said = family_of(config), f"{where}: {name!r} of module {shown(config.get('module'))}"
            if other not in (None, self) and name in other.table:
                raise ValueError(f"{said} is one of {other.name}. Expected one of {self.name}.")
            raise ValueError(f"{said} is not one of {PACKAGE}'s objects. {_if_yours(name)}")
        try:
            return self._by_name(name, custom_objects, where), False
        except ValueError as error:
            raise ValueError(f"{error} {_if_yours(name)}") from None

    def _function(
        self,
        config: Mapping[str, Any],
        functions: Mapping[str, Callable],
        custom_objects: Mapping[str, Any] | None,
        where: str,
    ) -> Callable:
        """Find the function that a config of `class_name` "function" names."""
        name = config.get("config")
        names = {**REGISTERED, **functions, **(custom_objects or {})}
        if isinstance(name, str):
            package, _, bare = name.rpartition(">")
            if name in names:
                return names[name]
            if package.partition(".")[0] in TWINS and bare in functions:
                return functions[bare]
            other = next((family.name for family in FAMILIES.values() if name in family.functions), CHAPTER)
            if other != CHAPTER:
                raise ValueError(
                    f"{where}: {name!r} of {PACKAGE} is one of {other}. Expected one of {self.name}, or of "
                    "custom_objects."
                )
        raise ValueError(f"{unknown_name(where, name, names)} {_if_yours(name)}{CLOSURES}")

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
        names = {**REGISTERED, **self.table, **(custom_objects or {})}
        if name in names:
            return names[name]
        raise ValueError(unknown_name(where or self.name, name, names))


def family_of(config: Mapping[str, Any]) -> Family | None:
    """The family whose module a config names, if it names one."""
    package, _, rest = str(config.get("module")).partition(".")
    return FAMILIES.get(rest.partition(".")[0]) if package in ("keras", *TWINS) else None


def _if_yours(name: Any) -> str:
    return f"If it is yours, pass custom_objects={{{shown(name)}: ...}}, or register it (saving.register)."


def _name_of(item: Any) -> str:
    """The name under which a class or function is registered, or its own."""
    return next((key for key, known in REGISTERED.items() if known is item), item.__name__)


def unknown_name(where: str, name: Any, known: Iterable[str]) -> str:
    """The text of an error about a name that nobody knows, with the names that come close."""
    close = difflib.get_close_matches(name, list(known), n=3) if isinstance(name, str) else []
    built_in = sorted(key for key in known if ">" not in key)  # what is registered need not be of the family
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known names: {built_in}."
    return f"{where}: unknown name {shown(name)}. {hint}"
