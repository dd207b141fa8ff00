// Tensors of a torch.save file: the pickle says shape, strides and storage, the storage is a member of its own.
#pragma once

#include "compiler/Import/Pickle.h"
#include "compiler/Import/StridedTensor.h"
#include "compiler/Import/Zip.h"

namespace mnv3::import {

class TorchTensors {
public:
  // `folder` is the archive's first path component: "best" in best/data/0.
  TorchTensors(const ZipArchive &archive, std::string folder, Budget &budget)
      : archive(archive), folder(std::move(folder)), budget(budget) {}

  // Whether the value is a tensor or a parameter, well-formed or not.
  static bool isTensor(const PickleValue &value);

  // Throws ImportError at `where`.
  Tensor read(const PickleValue &value, const Location &where);

private:
  struct StorageName;
  StorageName storageOf(const PickleValue &value, const Location &where) const;
  Bytes storedBytes(const StorageName &name, const Location &where);

  const ZipArchive &archive;
  std::string folder;
  Budget &budget;
  std::unordered_map<std::string_view, Bytes> verified; // storages can be shared; a checksum is computed once
};

} // namespace mnv3::import
