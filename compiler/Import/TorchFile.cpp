#include "compiler/Import/TorchFile.h"

#include "compiler/Import/CheckpointModel.h"
#include "compiler/Import/TorchModule.h"

#include <fmt/format.h>

namespace mnv3::import {

using Kind = PickleValue::Kind;

static constexpr std::string_view pickleSuffix = "/data.pkl";

const ZipMember *findTorchPickle(const ZipArchive &archive) {
  const ZipMember *found = nullptr;
  for (const ZipMember &member : archive.members())
    if (member.name.ends_with(pickleSuffix)) {
      if (found)
        fail({archive.file(), 0, 0, ""}, fmt::format("has two pickles, '{}' and '{}', expected one",
                                                     printable(found->name), printable(member.name)));
      found = &member;
    }
  return found;
}

static bool holdsTensors(const PickleValue &dict) {
  if (dict.is(Kind::dict))
    for (size_t i = 1; i < dict.items.size(); i += 2)
      if (TorchTensors::isTensor(*dict.items[i]))
        return true;
  return false;
}

// The module or state_dict to take: the averaged weights (ema) if they are there, as YOLOv5 itself does.
static const PickleValue *chooseModel(const PickleValue &root) {
  if (isModule(root) || holdsTensors(root))
    return &root;
  for (const char *key : {"ema", "model", "state_dict", "model_state_dict"})
    if (const PickleValue *value = root.get(key))
      if (isModule(*value) || holdsTensors(*value))
        return value;
  return nullptr;
}

[[noreturn]] static void failWithoutModel(const PickleValue &root, const Location &where) {
  std::string found = root.describe();
  if (root.is(Kind::dict)) {
    found = "a dict of";
    for (size_t i = 0; i < root.items.size() && i < 16; i += 2)
      found += (i ? ", " : " ") +
               (root.items[i]->is(Kind::text) ? printable(root.items[i]->text) : root.items[i]->describe());
    found += root.items.size() > 16 ? " ..." : root.items.empty() ? " nothing" : "";
  }
  fail(where, fmt::format("holds {}, expected a model under 'ema' or 'model', or a dict of tensors", found));
}

static void readStateDict(const PickleValue &dict, TorchTensors &tensors, Weights &weights, Budget &budget) {
  for (size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue &key = *dict.items[i], &value = *dict.items[i + 1];
    if (!key.is(Kind::text) || !TorchTensors::isTensor(value))
      continue; // a step counter beside the weights, `_extra_state`
    const Location where{weights.file, 0, 0, printable(key.text)};
    budget.spend(2 * key.text.size() + 256, where);
    if (!weights.add(std::string(key.text), tensors.read(value, where)))
      fail(where, "is there twice");
  }
}

WeightFile readTorchFile(const ZipArchive &archive, const ZipMember &pickleMember, Budget &budget) {
  const std::string folder(pickleMember.name.substr(0, pickleMember.name.size() - pickleSuffix.size()));
  const Location where = archive.where(pickleMember);
  if (archive.find(folder + "/constants.pkl"))
    fail({archive.file(), 0, 0, ""}, "is a TorchScript archive, expected a training checkpoint or a state_dict");
  const Bytes pickled = archive.stored(pickleMember);
  if (const ZipMember *order = archive.find(folder + "/byteorder"); order && asText(archive.stored(*order)) != "little")
    fail(archive.where(*order), "says '" + printable(asText(archive.stored(*order))) + "', expected 'little'");

  const Pickle pickle(pickled, where);
  const PickleValue *model = chooseModel(pickle.root());
  if (!model)
    failWithoutModel(pickle.root(), where);

  WeightFile result;
  result.weights.file = archive.file();
  TorchTensors tensors(archive, folder, budget);
  if (isModule(*model))
    result.model = readCheckpointModel(*model, tensors, result.weights, budget);
  else
    readStateDict(*model, tensors, result.weights, budget);
  return result;
}

} // namespace mnv3::import
