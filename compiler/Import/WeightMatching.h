// Trained values find their place in the yolo ops, key by key.
#pragma once

#include "compiler/Import/Rows.h"
#include "compiler/Import/Weights.h"

namespace mnv3::import {

// Gives every op its weights. Throws ImportError, at the row and with the key, where the file lacks one, has one of another
// shape, or has one that no row asks for. `modules`, if there, says each batch norm's epsilon.
void attachWeights(BuiltModel &built, const Description &description, WeightFile &file);

// Values made up from the key: for looking at structure, speed and memory. Deterministic on every machine.
void attachSeededWeights(BuiltModel &built);

} // namespace mnv3::import
