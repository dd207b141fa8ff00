// Tells the formats apart by their first bytes and hands the file to the right reader. What people have instead of a
// weight file (a web page, a pointer of git-lfs, a checkpoint of an old torch) is told by name.
#include "compiler/Import/MappedFile.h"
#include "compiler/Import/Npz.h"
#include "compiler/Import/Safetensors.h"
#include "compiler/Import/TorchFile.h"

#include <algorithm>
#include <fmt/format.h>

namespace mnv3::import {

bool Weights::add(std::string key, Tensor tensor) {
  if (!index.emplace(key, tensors.size()).second)
    return false;
  tensors.emplace_back(std::move(key), std::move(tensor));
  return true;
}

const Tensor *Weights::find(const std::string &key) const {
  if (index.size() == tensors.size()) {
    auto found = index.find(key);
    return found == index.end() ? nullptr : &tensors[found->second].second;
  }
  for (const auto &[name, tensor] : tensors)
    if (name == key)
      return &tensor;
  return nullptr;
}

const StoredModule *StoredModule::child(const std::string &path) const {
  const StoredModule *module = this;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view name = std::string_view(path).substr(begin, end - begin);
    auto found =
        std::find_if(module->children.begin(), module->children.end(), [&](const auto &c) { return c.first == name; });
    if (found == module->children.end())
      return nullptr;
    module = &found->second;
    begin = end + 1;
  }
  return module;
}

namespace {

constexpr std::string_view lfsStart = "version https://git-lfs";

bool looksLikeWebPage(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && text[start] == '<';
}

// A YOLOv5 yaml is text; every format of weights has bytes that no text has.
bool isBinary(std::string_view start) {
  return std::any_of(start.begin(), start.end(),
                     [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f'; });
}

WeightFile readZip(Bytes file, const std::string &name, Budget &budget) {
  const ZipArchive archive(file, name, budget);
  if (const ZipMember *pickle = findTorchPickle(archive))
    return readTorchFile(archive, *pickle, budget);
  if (isNpz(archive))
    return readNpz(archive, budget);
  const auto &members = archive.members();
  fail({name, 0, 0, ""},
       fmt::format("is a zip of {}, expected '<name>/data.pkl' (from torch) or .npy members (from numpy)",
                   members.empty()
                       ? "nothing"
                       : fmt::format("{} members such as '{}'", members.size(), printable(members[0].name))));
}

WeightFile readAnyFormat(Bytes file, const std::string &name, Budget &budget) {
  const Location where{name, 0, 0, ""};
  const std::string_view text = asText(file), start = text.substr(0, 512);
  if (file.empty())
    fail(where, "is empty, expected a weight file");
  if (startsLikeZip(file))
    return readZip(file, name, budget);
  if (text[0] == '\x80' && start.size() > 1 && static_cast<unsigned char>(text[1]) <= 5)
    fail(where, "is a checkpoint of torch before 1.6 (a plain pickle stream); load it in torch and save it again");
  if (startsLikeSafetensors(file))
    return readSafetensors(file, name, budget);
  if (start.starts_with(lfsStart))
    fail(where, "is a git-lfs pointer, not the file it stands for; run `git lfs pull`");
  if (looksLikeWebPage(start))
    fail(where, "is a web page, not a weight file; the download led to a page about the file");
  fail(where, fmt::format("is no weight file: it starts with '{}', expected .pt, .safetensors or .npz",
                          printable(start.substr(0, 16))));
}

// Keys as a state_dict of the bare model has them. DataParallel puts "module." before each; before v6.0 Detect kept its
// anchors a second time, in pixels.
void normalizeKeys(Weights &weights) {
  constexpr std::string_view wrapper = "module.", cache = ".anchor_grid";
  const bool isWrapped =
      !weights.tensors.empty() && std::all_of(weights.tensors.begin(), weights.tensors.end(),
                                              [&](const auto &entry) { return entry.first.starts_with(wrapper); });
  Weights normal;
  normal.file = weights.file;
  for (auto &[key, tensor] : weights.tensors)
    if (!key.ends_with(cache))
      normal.add(isWrapped ? key.substr(wrapper.size()) : std::move(key), std::move(tensor));
  weights = std::move(normal);
}

} // namespace

WeightFile parseWeightFile(Bytes file, const std::string &name) {
  Budget budget(file.size());
  WeightFile result = readAnyFormat(file, name, budget);
  normalizeKeys(result.weights);
  if (result.weights.tensors.empty())
    fail({name, 0, 0, ""}, "holds no tensors");
  return result;
}

WeightFile readWeightFile(const std::string &path) {
  const MappedFile file(path);
  return parseWeightFile(file.bytes(), path);
}

bool looksLikeWeightFile(const std::string &path) {
  try {
    const MappedFile file(path);
    const std::string_view start = asText(file.bytes()).substr(0, 512);
    return startsLikeZip(file.bytes()) || startsLikeSafetensors(file.bytes()) || isBinary(start) ||
           start.starts_with(lfsStart) || looksLikeWebPage(start) || start.starts_with('\x80');
  } catch (const ImportError &) {
    return false; // whoever opens it next says why it cannot be read
  }
}

} // namespace mnv3::import
