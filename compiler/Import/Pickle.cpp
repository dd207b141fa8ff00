#include "compiler/Import/Pickle.h"

#include "compiler/Import/PickleOpcodes.h"

#include <deque>
#include <fmt/format.h>
#include <unordered_set>

namespace mnv3::import {

// Limits far above an honest checkpoint, which has some ten thousand values (some hundred thousand with its optimizer).
static constexpr size_t maxBytes = 32u << 20, maxValues = 2'000'000, maxNames = 10'000, maxNameBytes = 256;

struct Pickle::Storage {
  std::deque<PickleValue> values;        // their addresses stay
  std::unordered_set<std::string> names; // "module.name" of globals; nodes of a set stay as well
};

Pickle::~Pickle() = default;
size_t Pickle::size() const { return storage->values.size(); }

namespace {

using Kind = PickleValue::Kind;
using Values = std::vector<PickleValue *>;

class Machine {
public:
  Machine(Bytes bytes, const Location &where, std::deque<PickleValue> &values, std::unordered_set<std::string> &names)
      : bytes(bytes), where(where), values(values), names(names) {
    none = make(Kind::none);
    yes = makeInteger(1, Kind::boolean);
    no = makeInteger(0, Kind::boolean);
    emptyTuple = make(Kind::tuple);
    for (int i = 0; i < 256; ++i)
      small[i] = makeInteger(i);
  }

  const PickleValue *run() {
    if (number<uint8_t>() != PROTO)
      broken("it does not start with a protocol number");
    if (const int protocol = number<uint8_t>(); protocol < 2 || protocol > 5)
      broken(fmt::format("its protocol is {}, expected 2 to 5", protocol));
    while (const uint8_t opcode = number<uint8_t>()) {
      if (opcode == STOP)
        return stop();
      step(opcode);
    }
    broken("opcode 0x00 is not one of those allowed");
  }

private:
  [[noreturn]] void broken(std::string what) const {
    fail(where, fmt::format("is no pickle that can be read, at byte {}: {}", position, what));
  }

  // The stream.
  Bytes take(uint64_t count) {
    if (!fits(position, count, bytes.size()))
      broken("it is cut off");
    Bytes taken = bytes.subspan(position, count);
    position += count;
    return taken;
  }
  template <class T> T number() { return load<T>(take(sizeof(T)).data()); }
  std::string_view line() {
    const std::string_view rest = asText(bytes.subspan(position, std::min(maxNameBytes + 1, bytes.size() - position)));
    const size_t length = rest.find('\n');
    if (length == std::string_view::npos)
      broken(fmt::format("a name is cut off or longer than {} bytes", maxNameBytes));
    position += length + 1;
    return rest.substr(0, length);
  }

  // Values.
  PickleValue *make(Kind kind) {
    if (values.size() >= maxValues)
      broken(fmt::format("it holds over {} values", maxValues));
    values.emplace_back().kind = kind;
    return &values.back();
  }
  PickleValue *makeInteger(int64_t integer, Kind kind = Kind::integer) {
    PickleValue *value = make(kind);
    value->integer = integer;
    return value;
  }
  PickleValue *makeReal(uint64_t bits) {
    PickleValue *value = make(Kind::real);
    value->real = std::bit_cast<double>(__builtin_bswap64(bits)); // the one big-endian thing in a pickle
    return value;
  }
  PickleValue *makeText(Bytes text) {
    if (!isUtf8(asText(text)))
      broken("a string is not valid UTF-8");
    PickleValue *value = make(Kind::text);
    value->text = asText(text);
    return value;
  }
  PickleValue *makeLong(Bytes digits) { // two's complement of any length
    if (digits.size() > 8)
      return make(Kind::other);
    uint64_t bits = !digits.empty() && (std::to_integer<int>(digits.back()) & 0x80) ? ~uint64_t(0) : 0;
    if (!digits.empty())
      std::memcpy(&bits, digits.data(), digits.size());
    return makeInteger(static_cast<int64_t>(bits));
  }
  PickleValue *makeItems(Kind kind, Values items) {
    PickleValue *value = make(kind);
    value->items = std::move(items);
    return value;
  }
  PickleValue *makeGlobal(std::string_view module, std::string_view name) {
    if (isDangerousName(module, name))
      fail(where, fmt::format("asks for {}.{}: refused; nothing was run", printable(module), printable(name)));
    if (module.size() > maxNameBytes || name.size() > maxNameBytes || names.size() >= maxNames || !isUtf8(module) ||
        !isUtf8(name))
      broken("a name is too long, not valid UTF-8, or one of too many");
    PickleValue *value = make(Kind::global);
    value->text = *names.insert(std::string(module) + "." + std::string(name)).first;
    return value;
  }
  PickleValue *makeObject(PickleValue *callee, PickleValue *arguments) {
    if (!callee->is(Kind::global) || !arguments->is(Kind::tuple))
      broken(
          fmt::format("it calls {} with {}, expected a name and a tuple", callee->describe(), arguments->describe()));
    // The one call that is looked through here, because it stands for nothing but an empty dict.
    if (callee->text == "collections.OrderedDict" && arguments->items.empty())
      return make(Kind::dict);
    PickleValue *value = make(Kind::object);
    value->callee = callee;
    value->arguments = arguments;
    return value;
  }

  // The stack. A mark hides what lies below it from single pops.
  void push(PickleValue *value) { stack.push_back(value); }
  PickleValue *&peek() {
    if (stack.size() <= (marks.empty() ? 0 : marks.back()))
      broken("its stack is empty");
    return stack.back();
  }
  PickleValue *pop() {
    PickleValue *value = peek();
    stack.pop_back();
    return value;
  }
  Values pop(size_t count) {
    Values popped(count);
    for (size_t i = count; i-- > 0;)
      popped[i] = pop();
    return popped;
  }
  Values popToMark() {
    if (marks.empty())
      broken("a mark is missing");
    const auto first = stack.begin() + static_cast<ptrdiff_t>(marks.back());
    Values popped(first, stack.end());
    stack.erase(first, stack.end());
    marks.pop_back();
    return popped;
  }

  void put(uint64_t slot) {
    if (slot >= bytes.size()) // each slot takes an opcode to fill, so honest numbers are far lower
      broken(fmt::format("its memo has no slot {}", slot));
    if (slot >= memo.size())
      memo.resize(std::min<size_t>(std::max<size_t>(slot + 1, memo.size() * 2), bytes.size()));
    memo[slot] = peek();
    ++memoized;
  }
  void get(uint64_t slot) {
    if (slot >= memo.size() || !memo[slot])
      broken(fmt::format("its memo has nothing in slot {}", slot));
    push(memo[slot]);
  }

  // Containers that are filled after they were made. An object may be a subclass of one.
  void append(const Values &added, bool toSet = false) {
    PickleValue *target = peek();
    if (!target->is(toSet ? Kind::set : Kind::list) && !target->is(Kind::object))
      broken(fmt::format("it appends to {}", target->describe()));
    target->items.insert(target->items.end(), added.begin(), added.end());
  }
  void setItems(const Values &added) {
    PickleValue *target = peek();
    if ((!target->is(Kind::dict) && !target->is(Kind::object)) || added.size() % 2)
      broken(fmt::format("it sets {} halves of items of {}", added.size(), target->describe()));
    target->items.insert(target->items.end(), added.begin(), added.end());
  }
  void build() {
    PickleValue *state = pop(), *target = peek();
    if (!target->is(Kind::dict) && !target->is(Kind::object))
      broken(fmt::format("it sets attributes of {}", target->describe()));
    target->state = state;
  }
  const PickleValue *stop() {
    if (stack.size() != 1 || !marks.empty())
      broken(fmt::format("it ends with {} values, expected one", stack.size()));
    return stack.back();
  }

  void step(uint8_t opcode);

  Bytes bytes;
  const Location &where;
  std::deque<PickleValue> &values;
  std::unordered_set<std::string> &names;
  size_t position = 0;
  Values stack, memo;
  std::vector<size_t> marks;                              // stack heights
  uint32_t memoized = 0;                                  // MEMOIZE numbers its slots itself
  PickleValue *none, *yes, *no, *emptyTuple, *small[256]; // shared, as nothing can change them
};

void Machine::step(uint8_t opcode) {
  switch (opcode) {
  case MARK:
    return marks.push_back(stack.size());
  case POP:
    if (!marks.empty() && marks.back() == stack.size())
      return marks.pop_back();
    pop();
    return;
  case POP_MARK:
    popToMark();
    return;
  case DUP:
    return push(peek());
  case NONE:
    return push(none);
  case NEWTRUE:
    return push(yes);
  case NEWFALSE:
    return push(no);
  case BININT:
    return push(makeInteger(number<int32_t>()));
  case BININT1:
    return push(small[number<uint8_t>()]);
  case BININT2:
    return push(makeInteger(number<uint16_t>()));
  case LONG1:
    return push(makeLong(take(number<uint8_t>())));
  case LONG4:
    return push(makeLong(take(number<uint32_t>())));
  case BINFLOAT:
    return push(makeReal(number<uint64_t>()));
  case SHORT_BINSTRING:
  case SHORT_BINUNICODE:
    return push(makeText(take(number<uint8_t>())));
  case BINSTRING:
  case BINUNICODE:
    return push(makeText(take(number<uint32_t>())));
  case BINUNICODE8:
    return push(makeText(take(number<uint64_t>())));
  case SHORT_BINBYTES:
    take(number<uint8_t>());
    return push(make(Kind::other));
  case BINBYTES:
    take(number<uint32_t>());
    return push(make(Kind::other));
  case BINBYTES8:
  case BYTEARRAY8:
    take(number<uint64_t>());
    return push(make(Kind::other));
  case EMPTY_LIST:
    return push(make(Kind::list));
  case EMPTY_DICT:
    return push(make(Kind::dict));
  case EMPTY_SET:
    return push(make(Kind::set));
  case EMPTY_TUPLE:
    return push(emptyTuple);
  case TUPLE1:
  case TUPLE2:
  case TUPLE3:
    return push(makeItems(Kind::tuple, pop(opcode - TUPLE1 + 1)));
  case TUPLE:
    return push(makeItems(Kind::tuple, popToMark()));
  case FROZENSET:
    return push(makeItems(Kind::set, popToMark()));
  case APPEND:
    return append(pop(1));
  case APPENDS:
    return append(popToMark());
  case ADDITEMS:
    return append(popToMark(), /*toSet=*/true);
  case SETITEM:
    return setItems(pop(2));
  case SETITEMS:
    return setItems(popToMark());
  case BINPUT:
    return put(number<uint8_t>());
  case LONG_BINPUT:
    return put(number<uint32_t>());
  case MEMOIZE:
    return put(memoized);
  case BINGET:
    return get(number<uint8_t>());
  case LONG_BINGET:
    return get(number<uint32_t>());
  case GLOBAL: {
    const std::string_view module = line();
    return push(makeGlobal(module, line()));
  }
  case STACK_GLOBAL: {
    Values parts = pop(2);
    if (!parts[0]->is(Kind::text) || !parts[1]->is(Kind::text))
      broken("a name is not made of strings");
    return push(makeGlobal(parts[0]->text, parts[1]->text));
  }
  case REDUCE:
  case NEWOBJ: {
    Values parts = pop(2);
    return push(makeObject(parts[0], parts[1]));
  }
  case NEWOBJ_EX: {
    Values parts = pop(3); // named arguments are of no interest: they are no state
    return push(makeObject(parts[0], parts[1]));
  }
  case BUILD:
    return build();
  case BINPERSID: {
    PickleValue *identity = pop(), *value = make(Kind::persistent);
    value->arguments = identity;
    return push(value);
  }
  case FRAME: { // a hint for readers of streams
    const uint64_t length = number<uint64_t>();
    if (!fits(position, length, bytes.size()))
      broken("a frame is cut off");
    return;
  }
  default:
    broken(fmt::format("opcode 0x{:02x} is not one of those allowed", opcode));
  }
}

} // namespace

Pickle::Pickle(Bytes bytes, const Location &where) : storage(std::make_unique<Storage>()) {
  if (bytes.size() > maxBytes)
    fail(where, fmt::format("has {} bytes, expected at most {} of a checkpoint's description", bytes.size(), maxBytes));
  top = Machine(bytes, where, storage->values, storage->names).run();
}

} // namespace mnv3::import
