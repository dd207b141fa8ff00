"""MODEL-STEM.onnx -> MODEL-STEM.tflite, through onnx2tf, which turns the network into NHWC; fp32."""
import os
import subprocess
import sys

import numpy as np

stem = sys.argv[1]
folder = stem + "-tflite"
os.makedirs(folder, exist_ok=True)
# The pictures onnx2tf tries its steps on: it would download them if they were not there.
np.save(folder + "/calibration_image_sample_data_20x128x128x3_float32.npy", np.random.default_rng(0).random((20, 128, 128, 3), np.float32))
subprocess.run([os.path.dirname(sys.executable) + "/onnx2tf", "-n", "-i", os.path.abspath(stem + ".onnx"), "-o", "."], cwd=folder, check=True)
os.replace(f"{folder}/{os.path.basename(stem)}_float32.tflite", stem + ".tflite")
