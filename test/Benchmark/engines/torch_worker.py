"""PyTorch, compiled by its inductor with frozen weights, channels last."""
import torch
import torch._inductor.config
import worker


def load(stem, threads, x):
    torch.set_grad_enabled(False)
    torch.set_num_threads(threads)
    torch._inductor.config.freezing = True
    network = torch.load(stem + ".pt", weights_only=False).to(memory_format=torch.channels_last)
    compiled = torch.compile(network)
    image = torch.from_numpy(x).contiguous(memory_format=torch.channels_last)
    return lambda: [head.numpy() for head in compiled(image)], "PyTorch " + torch.__version__.split("+")[0]


worker.serve(load)
