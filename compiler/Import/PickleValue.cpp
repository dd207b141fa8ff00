#include "compiler/Import/Pickle.h"

namespace mnv3::import {

const PickleValue *PickleValue::get(std::string_view key) const {
  if (kind == Kind::dict)
    for (size_t i = items.size(); i >= 2; i -= 2)
      if (items[i - 2]->is(Kind::text) && items[i - 2]->text == key)
        return items[i - 1];
  return nullptr;
}

const PickleValue *PickleValue::madeBy(std::string_view name) const {
  return kind == Kind::object && callee->text == name ? arguments : nullptr;
}

// Up to protocol 3 a set is the call set([...]). Python 2's name of builtins is used up to protocol 2.
static const PickleValue *sequenceInCall(const PickleValue &value) {
  for (const char *name :
       {"__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset", "torch.Size"})
    if (const PickleValue *arguments = value.madeBy(name))
      if (arguments->items.size() == 1 && (arguments->items[0]->kind == PickleValue::Kind::list ||
                                           arguments->items[0]->kind == PickleValue::Kind::tuple))
        return arguments->items[0];
  return nullptr;
}

bool PickleValue::isSequence() const {
  return kind == Kind::list || kind == Kind::tuple || kind == Kind::set || sequenceInCall(*this);
}

std::span<PickleValue *const> PickleValue::elements() const {
  if (kind == Kind::list || kind == Kind::tuple || kind == Kind::set)
    return items;
  if (const PickleValue *sequence = sequenceInCall(*this))
    return sequence->items;
  return {};
}

std::string PickleValue::describe() const {
  switch (kind) {
  case Kind::none:
    return "None";
  case Kind::boolean:
    return "a bool";
  case Kind::integer:
    return "an integer";
  case Kind::real:
    return "a float";
  case Kind::text:
    return "a string";
  case Kind::list:
    return "a list";
  case Kind::tuple:
    return "a tuple";
  case Kind::set:
    return "a set";
  case Kind::dict:
    return "a dict";
  case Kind::global:
    return "the name " + printable(text);
  case Kind::object:
    return "a " + printable(callee->text);
  case Kind::persistent:
    return "a storage";
  case Kind::other:
    return "a value of another type";
  }
  return "";
}

} // namespace mnv3::import
