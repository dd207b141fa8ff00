"""ONNX Runtime, CPU provider, all graph optimisations; threads spin for work while a picture is in the making, as is its default."""
import onnxruntime
import worker


def load(stem, threads, x):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.spin_duration_us", "1000")  # its default never sleeps
    session = onnxruntime.InferenceSession(stem + ".onnx", options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x}), "ONNX Runtime " + onnxruntime.__version__


worker.serve(load)
