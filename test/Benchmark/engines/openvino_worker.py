"""OpenVINO: one stream for the least latency, in fp32 (by itself it takes bfloat16 where the processor has it)."""
import openvino
import worker


def load(stem, threads, x):
    model = openvino.Core().compile_model(stem + ".onnx", "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32",
        "TBB_PARTITIONER": "AUTO",  # on two threads as fast as its own choice, STATIC, or up to 7 % faster (p10, busy machine)
        "ENABLE_CPU_PINNING": False})  # pinned from outside
    request = model.create_infer_request()

    def run():
        request.infer({0: x}, share_inputs=True)
        return [request.get_output_tensor(i).data for i in range(len(model.outputs))]
    return run, "OpenVINO " + openvino.__version__.split("-")[0]


worker.serve(load)
