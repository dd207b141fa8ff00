"""MODEL-STEM.onnx -> MODEL-STEM.tflite, through onnx2tf, which turns the network into NHWC; fp32."""
import os
import shutil
import subprocess
import sys

import numpy as np

stem = sys.argv[1]
folder = stem + "-tflite"
os.makedirs(folder, exist_ok=True)
shutil.copy(stem + ".onnx", folder + "/net.onnx")  # onnx2tf rewrites its input
# The pictures onnx2tf tries its steps on: it would download them if they were not there.
np.save(folder + "/calibration_image_sample_data_20x128x128x3_float32.npy", np.random.default_rng(0).random((20, 128, 128, 3), np.float32))
subprocess.run([os.path.dirname(sys.executable) + "/onnx2tf", "-n", "-i", "net.onnx", "-o", "."], cwd=folder, check=True)
os.replace(folder + "/net_float32.tflite", stem + ".tflite")
