// .npz: a zip of .npy members, one a tensor, as numpy.savez and savez_compressed write it.
#pragma once

#include "compiler/Import/Weights.h"
#include "compiler/Import/Zip.h"

namespace mnv3::import {

bool isNpz(const ZipArchive &archive); // every member is a .npy

WeightFile readNpz(const ZipArchive &archive, Budget &budget);

} // namespace mnv3::import
