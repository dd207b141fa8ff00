// .safetensors: 8 bytes of length, a JSON header of that length (name -> dtype, shape, data_offsets), then raw data.
#pragma once

#include "compiler/Import/Budget.h"
#include "compiler/Import/Bytes.h"
#include "compiler/Import/Weights.h"

namespace mnv3::import {

// Whether the file can only be meant as this; it may still be damaged.
bool startsLikeSafetensors(Bytes file);

WeightFile readSafetensors(Bytes file, const std::string &fileName, Budget &budget);

} // namespace mnv3::import
