// mnv3-opt: reads IR text, runs the passes named on the command line, prints IR text.
#include "compiler/Conversion/Passes.h"
#include "compiler/Transforms/Kern/Passes.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Kern/Kern.h"
#include "dialects/NN/NN.h"
#include "dialects/Yolo/Yolo.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, mlir::arith::ArithDialect, mnv3::nn::NNDialect, mnv3::kern::KernDialect,
                  mnv3::yolo::YoloDialect>();

  mlir::registerTransformsPasses(); // canonicalize, cse
  mnv3::registerConversionPasses();
  mnv3::registerMnv3TransformsPasses();
  mnv3::kern::registerKernPasses();

  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "mnv3 pass driver\n", registry));
}
