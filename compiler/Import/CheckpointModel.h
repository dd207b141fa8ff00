// What a training checkpoint says about its model beside the weights.
#pragma once

#include "compiler/Import/TorchModule.h"

namespace mnv3::import {

// Adds the module's tensors to `weights` on the way. Throws ImportError if it is no YOLOv5 detector.
CheckpointModel readCheckpointModel(const PickleValue &module, TorchTensors &tensors, Weights &weights, Budget &budget);

} // namespace mnv3::import
