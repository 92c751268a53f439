"""The usual dataclass, made of methods that were compiled before.

What the standard library gives such a class follows from the names of its fields and from what each has and may: its shape. The programs
of the methods are kept by that; defaults, annotations and fields are taken from the class as it is now. Before anything is kept, what is
made here is compared with what the standard library made (``same``), so that another Python's way is never taken for this one's: three of
them are known (3.11, 3.12 with other names, 3.13 in another order), and whatever comes out otherwise is the standard library's to make.
"""

import dataclasses
import sys
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, InitVar
from reprlib import recursive_repr
from types import CellType, CodeType, FunctionType, GenericAlias, MemberDescriptorType, UnionType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from schema.class_code import KeptClasses

_library: Any = dataclasses
_FIELD, _FACTORY = _library._FIELD, _library._HAS_DEFAULT_FACTORY
_FIELDS, _PARAMS = "__dataclass_fields__", "__dataclass_params__"
_METHODS = ("__init__", "__repr__", "__eq__", "__setattr__", "__delattr__", "__hash__")
_OWN = {*_METHODS, "__match_args__", "__replace__"}
_USUAL = {frozen: (True, True, True, False, False, frozen, True, False, False) for frozen in (False, True)}
"""How the standard library is asked, but for whether fields are given by name: no order, no unsafe hash, no slots."""
_FROZEN, _KW_ONLY = 5, 7
_NEW: Any = Field
_REFUSAL = CellType(dataclasses.FrozenInstanceError)
_CELLS = {"__dataclass_builtins_object__": CellType(object)}
_CELLS |= dict.fromkeys(("_HAS_DEFAULT_FACTORY", "__dataclass_HAS_DEFAULT_FACTORY__"), CellType(_FACTORY))
_DEFAULTS = (("_dflt_", ""), ("__dataclass_dflt_", "__"))
"""What stands round a field's name where its default is called, up to 3.11 and since."""
_PARAMS_TOLD = len(_library._DataclassParams.__slots__)
_UNENDING = _library._recursive_repr(print).__code__ if hasattr(_library, "_recursive_repr") else None
"""The program that guards a text of what may contain itself; since 3.13 what ``reprlib`` has is taken."""
_FIRST = {"__replace__": _library._replace, "__hash__": None} if hasattr(_library, "_replace") else {}
"""What a class is given before its methods since 3.13; one that has a hash gets it in that place."""
_FUNCTION = ("code", "defaults", "kwdefaults", "annotations", "closure", "name", "qualname", "module", "dict")
_TYPES = (type, GenericAlias, UnionType)
"""What annotations are that say a type and nothing else."""

Fields = dict[str, "Field[Any]"]
How = tuple[bool, ...]


class UsualClasses:
    """Makes a class a dataclass: of what is kept if it is of the usual kind, and by the standard library if not.

    Args:
        kept: what is kept of each module.
        make: what the standard library makes them by.
    """

    def __init__(self, kept: "KeptClasses", make: Callable[..., type]) -> None:
        self._kept, self._make = kept, make

    def make(self, cls: type, *how: bool) -> type:
        """Do what the standard library does; ``how`` is what it is asked, in its order."""
        module = cls.__module__
        fields = _fields_of(cls, how) if self._kept.holds(module) else None
        if fields is None:
            return self._make(cls, *how)
        shape = _shape_of(cls, fields, how)
        kept = self._kept.found(module, cls.__qualname__)
        if kept is None or kept[0] != shape:
            return self._made_anew(cls, how, fields, shape)
        _give(cls, _attributes(cls, fields, how, kept[1]))
        return cls

    def _made_anew(self, cls: type, how: How, fields: Fields, shape: object) -> type:
        module, before = cls.__module__, {*cls.__dict__}
        used = self._kept.used(module)
        known = {*used}
        made = self._make(cls, *how)
        added = {name: value for name, value in made.__dict__.items() if name not in before}
        ours: dict[str, Any] = {}
        codes = _codes_of(added)
        with suppress(LookupError, TypeError, ValueError):  # methods of another kind than any that is known here
            ours = _attributes(cls, fields, how, codes)
        if ours and same(added, ours):
            for program in used.keys() - known:  # which nobody needs any more
                del used[program]
            self._kept.add(module, cls.__qualname__, (shape, codes))
        return made


def _fields_of(cls: type, how: How) -> Fields | None:
    """Return the fields of a class that is to be made a dataclass in a way, None where it is not of the usual kind."""
    own = cls.__dict__
    if how[:_KW_ONLY] + how[8:] != _USUAL[how[_FROZEN]] or type(cls) is not type or not own["__doc__"] or not _OWN.isdisjoint(own):
        return None
    found: Fields = {}
    for base in cls.__mro__[-2:0:-1]:
        if inherited := getattr(base, _FIELDS, None):
            if getattr(base, _PARAMS).frozen != how[_FROZEN] or any(each._field_type is not _FIELD for each in inherited.values()):
                return None
            found.update(inherited)
    told = own.get("__annotations__", {})
    for name, value in own.items():
        if type(value) is Field and name not in told:
            return None
    for name, kind in told.items():
        if kind is InitVar or (type(kind) not in _TYPES and not _says_type(cls, kind)):
            return None
        default = getattr(cls, name, MISSING)
        if type(default) is MemberDescriptorType or default.__class__.__hash__ is None:
            return None
        field: Any = default if type(default) is Field else _NEW(default, MISSING, True, True, None, True, None, how[_KW_ONLY])
        field.name, field.type, field._field_type = name, kind, _FIELD
        if field.kw_only is MISSING:
            field.kw_only = how[_KW_ONLY]
        found[name] = field
    return found


def _says_type(cls: type, kind: object) -> bool:
    """Whether an annotation that is no plain type makes a field of its name, and neither an attribute of the class nor an argument."""
    if not isinstance(kind, str):
        return not (_library._is_classvar(kind, typing) or _library._is_initvar(kind, dataclasses) or kind is dataclasses.KW_ONLY)
    named = ((typing, ClassVar, "_is_classvar"), (dataclasses, InitVar, "_is_initvar"), (dataclasses, dataclasses.KW_ONLY, "_is_kw_only"))
    return not any(_library._is_type(kind, cls, module, what, getattr(_library, test)) for module, what, test in named)


def _shape_of(cls: type, fields: Fields, how: How) -> tuple[object, ...]:
    """Return what the programs of a class's methods follow from."""
    told: list[object] = [sys.hexversion, how[_FROZEN], hasattr(cls, "__post_init__")]
    for name, each in fields.items():
        has = (each.default is not MISSING) + 2 * (each.default_factory is not MISSING) + 4 * bool(each.kw_only)
        usual = each.init and each.repr and each.compare and each.hash is None
        told += (name, has) if usual else (name, has, each.init, each.repr, each.compare, each.hash)
    return tuple(told)


def _codes_of(given: Mapping[str, Any]) -> dict[str, CodeType]:
    """Return the programs of the methods that the standard library gave a class."""
    return {name: getattr(given[name], "__wrapped__", given[name]).__code__ for name in _METHODS if given.get(name)}


def _attributes(cls: type, fields: Fields, how: How, codes: Mapping[str, CodeType]) -> dict[str, Any]:
    """Return what a class is given to be a dataclass, in the order in which the standard library gives it."""
    space, prefix = sys.modules[cls.__module__].__dict__, f"{cls.__qualname__}."
    made: dict[str, Any] = {_PARAMS: _library._DataclassParams(*how[:_PARAMS_TOLD]), _FIELDS: fields, **_FIRST}
    positional = [each for each in fields.values() if each.init and not each.kw_only]
    for name, code in codes.items():
        if name == "__init__":
            function = _initializer(code, space, fields, positional)
        elif code.co_freevars:  # what refuses to set and to delete
            function = FunctionType(code, space, name, None, (_REFUSAL, CellType(cls)))
        else:
            function = FunctionType(code, space, name)
        if name == "__repr__":
            function = _unending(function)
        function.__qualname__ = prefix + name
        made[name] = function
    made.setdefault("__hash__", None)
    made["__match_args__"] = tuple([each.name for each in positional])
    return made


def _unending(function: FunctionType) -> FunctionType:
    """Do what the standard library does for what may contain itself."""
    if _UNENDING is None:
        return recursive_repr()(function)  # type: ignore[return-value]
    made = FunctionType(_UNENDING, _library.__dict__, function.__name__, None, (CellType(set()), CellType(function)))
    made.__module__, made.__doc__ = function.__module__, None
    made.__wrapped__ = function  # type: ignore[attr-defined]
    return made


def _give(cls: type, made: Mapping[str, Any]) -> None:
    """Give a class what makes it a dataclass; what stands in it for a field that was described goes, as ``_fields_of`` has read it."""
    for name, value in [*cls.__dict__.items()]:
        if type(value) is Field:
            if value.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, value.default)
    for name, value in made.items():
        setattr(cls, name, value)


def _initializer(code: CodeType, space: dict[str, Any], fields: Fields, positional: list["Field[Any]"]) -> FunctionType:
    defaults = tuple([default for each in positional if (default := _default(each)) is not MISSING]) or None
    closure = tuple([_CELLS.get(free) or CellType(fields[_named(free)].default_factory) for free in code.co_freevars]) or None
    function = FunctionType(code, space, "__init__", defaults, closure)
    told = {each.name: each.type for each in positional}
    if len(positional) < len(fields):
        named = [each for each in fields.values() if each.init and each.kw_only]
        function.__kwdefaults__ = {each.name: default for each in named if (default := _default(each)) is not MISSING} or None
        told |= {each.name: each.type for each in named}
    told["return"] = None
    function.__annotations__ = told
    return function


def _named(free: str) -> str:
    """Return the field whose default a program calls by a name."""
    before, after = _DEFAULTS[free.startswith(_DEFAULTS[1][0])]
    return free.removeprefix(before).removesuffix(after)


def _default(field: "Field[Any]") -> object:
    """Return what an argument is when it is not given, ``MISSING`` if it must be."""
    return field.default if field.default_factory is MISSING else _FACTORY


def same(made: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a class is given the same."""
    return [*made] == [*other] and all(_same(value, other[name]) for name, value in made.items())


def _same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, FunctionType):
        within = one.__globals__ is getattr(other, "__globals__", None)
        return within and all(_same(getattr(one, f"__{part}__"), getattr(other, f"__{part}__")) for part in _FUNCTION)
    if isinstance(one, CellType | Field | _library._DataclassParams):
        slots = getattr(one, "__slots__", ("cell_contents",))
        return all(_same(getattr(one, slot), getattr(other, slot)) for slot in slots)
    if isinstance(one, tuple | dict):
        pairs = zip(one.values(), other.values(), strict=False) if isinstance(one, dict) else zip(one, other, strict=False)  # type: ignore[attr-defined, call-overload]
        return len(one) == len(other) and (not isinstance(one, dict) or [*one] == [*other]) and all(_same(*pair) for pair in pairs)  # type: ignore[arg-type, misc]
    return one is other or one == other
