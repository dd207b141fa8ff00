// What the lowerings of yolo's modules share: building nn ops in NHWC from a module's state_dict weights.
#pragma once

#include "dialects/NN/NN.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/IR/Builders.h"

namespace mnv3 {

// Builds the nn ops of one yolo op. Weights are named by their keys below the op's prefix.
class NNBuilder {
public:
  NNBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::DictionaryAttr weights, double epsilon)
      : builder(builder), loc(loc), weights(weights), epsilon(epsilon) {}

  struct Window {
    llvm::SmallVector<int64_t, 2> strides = {1, 1}, pads = {0, 0}; // rows, columns
    int64_t dilation = 1, groups = 1;
    llvm::SmallVector<int64_t, 2> padsBehind = {}; // below and right, where these are not as above and left
  };

  // Convolution by itself, and with `bias` where there is one. Filters are OHWI.
  mlir::Value convolve(mlir::Value input, mlir::Value filter, mlir::Value bias, const Window &window);
  // Batch norm by channels `first` and following of "<norm>weight", ..., as many as the input has.
  mlir::Value batchNorm(mlir::Value input, const std::string &norm, int64_t first = 0);
  // Convolution without bias ("<conv>.weight"), then batch norm ("<norm>.weight", ...).
  mlir::Value conv(mlir::Value input, const std::string &conv, const std::string &norm, const Window &window);
  // A Conv child: conv, bn, activation.
  mlir::Value unit(mlir::Value input, const std::string &name, const Window &window, std::optional<nn::ActivationAttr> act);
  mlir::Value activate(mlir::Value input, std::optional<nn::ActivationAttr> act);
  mlir::Value activate(mlir::Value input, nn::ActivationKind kind);
  // x * hard_sigmoid(W2 relu(W1 mean(x) + b1) + b2), with "<fc>.0" and "<fc>.2"; b1 and b2 only with `bias`.
  mlir::Value squeezeExcite(mlir::Value input, const std::string &fc, bool bias);
  // A linear layer on each pixel: rows `first` and following of a matrix, `outputs` of them; and of its bias, if there is one.
  mlir::Value pointwise(mlir::Value input, const std::string &weights, const std::string &bias, int64_t first, int64_t outputs);
  mlir::Value maxPool(mlir::Value input, int64_t window, int64_t stride, int64_t pad, bool ceil);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value concat(mlir::ValueRange inputs);
  mlir::Value slice(mlir::Value input, int64_t first, int64_t count);
  mlir::Value detect(mlir::Value input, const std::string &key, double stride, llvm::ArrayRef<float> anchors, int64_t fields);
  // A weight as it is; a filter O x I x H x W as OHWI.
  mlir::Value constant(const std::string &key);
  mlir::Value filter(const std::string &key);
  // A weight's shape and numbers, to be rearranged; and such numbers as a constant named for `key`.
  llvm::ArrayRef<int64_t> shape(const std::string &key) const { return weight(key).getShapedType().getShape(); }
  std::vector<float> values(const std::string &key) const;
  mlir::Value constant(const std::string &key, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values);
  mlir::RankedTensorType image(int64_t height, int64_t width, int64_t channels) {
    return mlir::RankedTensorType::get({1, height, width, channels}, builder.getF32Type());
  }

  mlir::OpBuilder &builder;
  mlir::Location loc;

private:
  mlir::ElementsAttr weight(const std::string &key) const;
  mlir::Value linear(mlir::Value input, const std::string &key, bool bias);

  mlir::DictionaryAttr weights;
  double epsilon;
};

} // namespace mnv3
