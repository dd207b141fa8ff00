"""PyTorch, compiled by its inductor: frozen weights, channels last, called through C++."""
import ctypes
import os

import torch
import torch._inductor.config
import worker


def load(stem, threads, x):
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = f"{stem}-inductor-{threads}"  # the number is in the code that it generates
    torch._inductor.config.freezing = torch._inductor.config.cpp_wrapper = True
    for library in "libtorch_cpu.so", "libtorch_python.so":  # the code it generates may be linked with the system's, and lack these
        ctypes.CDLL(os.path.join(torch.__path__[0], "lib", library), ctypes.RTLD_GLOBAL)
    torch.set_grad_enabled(False)
    torch.set_num_threads(threads)
    compiled = torch.compile(torch.load(stem + ".pt", weights_only=False).to(memory_format=torch.channels_last))
    image = torch.from_numpy(x).contiguous(memory_format=torch.channels_last)
    return lambda: [head.numpy() for head in compiled(image)], "PyTorch " + torch.__version__.split("+")[0]


worker.serve(load)
