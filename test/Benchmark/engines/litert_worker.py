"""LiteRT with XNNPACK; the picture waits as NHWC, its own layout, in a buffer that it reads in place."""
from importlib.metadata import version

import numpy as np
import worker
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.cpu_options import CpuOptions
from ai_edge_litert.hardware_accelerator import HardwareAccelerator
from ai_edge_litert.options import Options


def load(stem, threads, x):
    options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=CpuOptions(num_threads=threads))
    model = CompiledModel.from_file(stem + ".tflite", options=options)
    [image] = model.create_input_buffers(0)
    image.write(np.ascontiguousarray(x.transpose(0, 2, 3, 1)))
    heads = model.create_output_buffers(0)
    shapes = [tuple(head.get_tensor_details()["shape"]) for head in heads]
    fine_to_coarse = sorted(range(len(heads)), key=lambda i: -shapes[i][1])

    def run():
        model.run_by_index(0, [image], heads)
        return [heads[i].read(np.prod(shapes[i]), np.float32).reshape(shapes[i]).transpose(0, 3, 1, 2) for i in fine_to_coarse]
    return run, "LiteRT " + version("ai-edge-litert")


worker.serve(load)
