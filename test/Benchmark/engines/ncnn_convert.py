"""MODEL-STEM.onnx -> MODEL-STEM.ncnn.param and .ncnn.bin, through pnnx; weights stay fp32."""
import os
import shutil
import subprocess
import sys

stem = sys.argv[1]
folder = stem + "-pnnx"  # it writes a dozen files beside its input
os.makedirs(folder, exist_ok=True)
shutil.copy(stem + ".onnx", folder + "/net.onnx")
subprocess.run([os.path.dirname(sys.executable) + "/pnnx", "net.onnx", "fp16=0"], cwd=folder, check=True)
for suffix in (".ncnn.bin", ".ncnn.param"):
    os.replace(folder + "/net" + suffix, stem + suffix)
