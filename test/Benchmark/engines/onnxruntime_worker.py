"""ONNX Runtime, CPU provider, all graph optimisations."""
import onnxruntime
import worker


def load(stem, threads, x):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(stem + ".onnx", options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x}), "ONNX Runtime " + onnxruntime.__version__


worker.serve(load)
