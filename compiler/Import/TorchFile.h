// What torch.save wrote: a YOLOv5 training checkpoint, or a state_dict, bare or inside another dict.
#pragma once

#include "compiler/Import/Weights.h"
#include "compiler/Import/Zip.h"

namespace mnv3::import {

// The member that holds the pickle, or null if torch.save did not make this archive.
const ZipMember *findTorchPickle(const ZipArchive &archive);

WeightFile readTorchFile(const ZipArchive &archive, const ZipMember &pickle, Budget &budget);

} // namespace mnv3::import
