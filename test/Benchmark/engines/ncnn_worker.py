"""ncnn: packed layouts, Winograd and sgemm as by default, no half precision anywhere."""
import ncnn
import numpy as np
import worker


def load(stem, threads, x):
    net = ncnn.Net()
    net.opt.num_threads = threads
    for option in dir(net.opt):
        if option.startswith(("use_fp16", "use_bf16", "use_int8")):
            setattr(net.opt, option, False)
    net.load_param(stem + ".ncnn.param")
    net.load_model(stem + ".ncnn.bin")
    image = ncnn.Mat(x[0])

    def run():
        extractor = net.create_extractor()
        extractor.input(net.input_names()[0], image)
        return [np.array(extractor.extract(name)[1], copy=False)[None] for name in net.output_names()]
    return run, "ncnn " + ncnn.__version__


worker.serve(load)
