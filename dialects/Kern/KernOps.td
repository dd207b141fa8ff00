// The kern dialect: one op is one call of one generated kernel on pictures that lie in the arena.
//
// A function of kern ops has no results: it reads the caller's planar picture (a memref) and writes the caller's heads
// (memrefs). Everything between is a buffer, whose place in the arena kern-plan-memory decides.
#ifndef MNV3_KERN_OPS
#define MNV3_KERN_OPS

include "dialects/NN/NNBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kern_Dialect : Dialect {
  let name = "kern";
  let cppNamespace = "::mnv3::kern";
  let summary = "kernel calls on buffers with arena offsets";
  let dependentDialects = ["::mnv3::nn::NNDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
}

class Kern_Op<string mnemonic, list<Trait> traits = []> : Op<Kern_Dialect, mnemonic, [NN_InFunction] # traits>;

// ---------------------------------------------------------------- types and attributes

def Kern_Buffer : TypeDef<Kern_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "a height x width x channels picture of f32 in the arena";
  let description = [{
    `!kern.buffer<80x80x24>` before kern-assign-layout, afterwards `!kern.buffer<80x80x24, stride 32, halo 2x2>`:
    `stride` floats from a pixel to the next, `halo` zero rows above and below x zero pixels between rows. The zero
    pixels at the end of a row are those before the next one:

        rows    : halo rows | height rows | halo rows        each (width + halo columns) pixels, + halo columns at the end
        pixel   : (y, x) lies ((y + halo rows) * (width + halo columns) + x + halo columns) * stride floats from the start
  }];
  let parameters = (ins "int64_t":$height, "int64_t":$width, "int64_t":$channels, "int64_t":$stride,
                        "int64_t":$haloRows, "int64_t":$haloColumns);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    // Pixels from a row to the next.
    int64_t getPitch() const { return getWidth() + getHaloColumns(); }
    // Floats from the buffer's first one to channel 0 of pixel (y, x); negative y and x reach into the halo.
    int64_t offsetOf(int64_t y, int64_t x) const {
      return ((y + getHaloRows()) * getPitch() + x + getHaloColumns()) * getStride();
    }
    int64_t getBytes() const {
      return ((getHeight() + 2 * getHaloRows()) * getPitch() + getHaloColumns()) * getStride() * 4;
    }
  }];
}
class Kern_Memory<int rank, string what>
    : Type<CPred<"::mnv3::kern::isMemory($_self, " # rank # ")">, what # " memref of f32, 1 to 2^30 of them", "::mlir::MemRefType">;
def Kern_Picture : Kern_Memory<3, "plane x row x column">;
def Kern_Head : Kern_Memory<4, "anchor x row x column x field">;
def Kern_Place : AnyTypeOf<[Kern_Buffer, Kern_Picture, Kern_Head], "a buffer, or the caller's memory">;
def Kern_Weights : NN_TensorOf<"isTensor($_self)", "any">;
def Kern_Bias : NN_StaticTensor<1, "one value a channel">;

def Kern_Schedule : AttrDef<Kern_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "the numbers of a kernel's loop nest; codegen/Schedules says what they mean";
  let parameters = (ins "int64_t":$pixels, "int64_t":$vectors, "int64_t":$unroll, "int64_t":$rows,
                        "bool":$channelsOutermost);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Kern_Target : AttrDef<Kern_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "what kernels are made for: name, floats a vector register, vector registers, processor";
  let parameters = (ins StringRefParameter<"name">:$name, "int64_t":$vectorWidth, "int64_t":$vectorRegisters,
                        OptionalParameter<"::mlir::StringAttr">:$cpu);
  let assemblyFormat = "`<` $name `,` struct($vectorWidth, $vectorRegisters, $cpu) `>`";
  let genVerifyDecl = 1;
}

// ---------------------------------------------------------------- memory

def Kern_AllocOp : Kern_Op<"alloc"> {
  let summary = "a buffer in the arena, from its first writer to its last reader";
  let description = [{
    `at`: bytes from the arena's start, given by kern-plan-memory.
    - C1: `at` is a multiple of 64
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$at /*C1*/);
  let results = (outs Kern_Buffer:$result);
  let assemblyFormat = "(`at` $at^)? attr-dict `:` type($result)";
  let hasVerifier = 1; // C1
}

def Kern_SliceOp : Kern_Op<"slice", [Pure]> {
  let summary = "channels first .. first + result channels of a buffer";
  let description = [{
    - C1: height, width, stride and halo are those of the buffer, and the channels lie inside it
  }];
  let arguments = (ins Kern_Buffer:$buffer, I64Attr:$first /*C1*/);
  let results = (outs Kern_Buffer:$result /*C1*/);
  let assemblyFormat = "$buffer `from` $first attr-dict `:` type($buffer) `->` type($result)";
  let hasVerifier = 1; // C1
}

def Kern_RowsOp : Kern_Op<"rows", [Pure]> {
  let summary = "rows first .. first + result rows of a buffer; they may lie in its halo";
  let description = [{
    - C1: width, channels, stride and halo are those of the buffer, and the rows lie inside it and its halo
  }];
  let arguments = (ins Kern_Buffer:$buffer, I64Attr:$first /*C1*/);
  let results = (outs Kern_Buffer:$result /*C1*/);
  let assemblyFormat = "$buffer `from` $first attr-dict `:` type($buffer) `->` type($result)";
  let hasVerifier = 1; // C1
}

def Kern_WeightsOp : Kern_Op<"weights", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "weights as the kernel reads them (made by kern-pack-weights)";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Kern_Weights:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

def Kern_ClearHaloOp : Kern_Op<"clear_halo"> {
  let summary = "zero the halo of a buffer";
  let arguments = (ins Kern_Buffer:$output);
  let assemblyFormat = "$output attr-dict `:` type($output)";
}

// ---------------------------------------------------------------- kernels

def Kern_KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::mnv3::kern";
  let description = "A call of a generated kernel: reads its operands, writes one of them.";
  let verify = "return ::mnv3::kern::verifyNumbers($_op);";
  let methods = [
    InterfaceMethod<"what is written: a buffer or the caller's memory", "::mlir::Value", "getOutput">,
    InterfaceMethod<"bytes of scratch in the arena while it runs in so many strips, for each of them (0: they share that of one); a multiple of 64", "int64_t", "getScratchBytes",
                    (ins "int64_t":$strips), [{}], [{
      auto bytes = $_op->template getAttrOfType<::mlir::DenseI64ArrayAttr>("scratch_bytes");
      return bytes ? bytes[std::min<int64_t>(::llvm::Log2_64(strips), bytes.size() - 1)] : 0;
    }]>,
    InterfaceMethod<"strips of rows, or shares of a band's steps, that threads may take; a power of two", "int64_t", "getStrips", (ins), [{}], [{
      auto strips = $_op->template getAttrOfType<::mlir::IntegerAttr>("strips");
      return strips ? strips.getInt() : 1;
    }]>
  ];
}

// Every kernel op may carry: `schedule` (kern-choose-schedules); `symbol`, `scratch_bytes` of each of 1, 2, 4, ... strips, `row_step`
// (strips begin at multiples of it) and `strips` (once kernels are made); `scratch_at` and `live_bytes`, how much of the arena is
// in use while it runs (kern-plan-memory, which may lower `strips`);
// `whole_rows`, where it makes some rows of a picture of so many (kern-form-strips): the kernel is the same for all of them. A stem,
// which counts in the caller's whole picture all the same, then has the first of them as `first_row`. Its `band` is the rows that it makes
// at a time where the picture comes in bands (kern-plan-memory), that of a kernel with `steps` the rows that go through all of so many
// before the next do (once kernels are made).
class Kern_KernelOp<string mnemonic, list<Trait> traits = []>
    : Kern_Op<mnemonic, traits # [DeclareOpInterfaceMethods<Kern_KernelOpInterface>]>;

def Kern_Conv2DOp : Kern_KernelOp<"conv2d", [AttrSizedOperandSegments]> {
  let summary = "output = act(sum of convolutions of the inputs + bias or start) + residual";
  let description = [{
    The inputs are the parts of a concat, each with its own weights; `gate` scales the input as it is loaded.
    `kernel` is rows, columns; `pads` is top, left: what lies below and right follows from the output's extent.

    `winograd`: computed by Winograd's minimal filtering on tiles of so many outputs each way, rather than directly.

    - C1: as many weights as inputs, at least one; one input where there is a gate
    - C2: kernel, strides and dilation are 1 to 4096, pads 0 to 4096
    - C3: residual has the output's extents, start half its height and width; start and bias exclude each other
    - C4: winograd is 2 or 4 and divides the output's height and width; kernel 3 x 3, stride 1 or 2, no dilation, one
      input, no gate, no start
    - C5: weights are packed (one axis), or output channels x rows x columns x channels of their input
  }];
  let arguments = (ins Variadic<Kern_Buffer>:$inputs /*C1*/, Variadic<Kern_Weights>:$weights /*C1*/,
                       Optional<Kern_Bias>:$bias, Optional<Kern_Buffer>:$gate, Optional<Kern_Buffer>:$residual,
                       Optional<Kern_Buffer>:$start, Kern_Buffer:$output,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<I64Attr, "1">:$dilation, OptionalAttr<NN_Activation>:$act,
                       OptionalAttr<NN_Activation>:$gate_act, OptionalAttr<I64Attr>:$winograd,
                       OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $inputs `:` type($inputs) `)` `weights` `(` $weights `:` type($weights) `)`
                          (`bias` `(` $bias^ `:` type($bias) `)`)? (`gate` `(` $gate^ `:` type($gate) `)`)?
                          (`residual` `(` $residual^ `:` type($residual) `)`)?
                          (`start` `(` $start^ `:` type($start) `)`)? `outs` `(` $output `:` type($output) `)`
                          `kernel` $kernel `stride` $strides `pad` $pads (`act` $act^)? (`gate_act` $gate_act^)?
                          (`winograd` $winograd^)? (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1 - C5
}

def Kern_DepthwiseOp : Kern_KernelOp<"depthwise"> {
  let summary = "output = act(convolution of each channel with its own filter + bias)";
  let description = [{
    - C1: two kernel extents and strides of 1 to 4096, two pads of 0 to 4096
    - C2: weights are packed (one axis), or rows x columns x channels
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Weights:$weights, Kern_Bias:$bias, Kern_Buffer:$output,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       OptionalAttr<NN_Activation>:$act, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `,` $weights `,` $bias `:` type($input) `,` type($weights) `,` type($bias) `)`
                          `outs` `(` $output `:` type($output) `)` `kernel` $kernel `stride` $strides `pad` $pads
                          (`act` $act^)? (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1, C2
}

def Kern_StemOp : Kern_KernelOp<"stem"> {
  let summary = "a convolution that reads the caller's planar picture, and minds its borders";
  let description = [{
    - C1: two kernel extents and strides of 1 to 4096, two pads of 0 to 4096
    - C2: weights are packed (one axis), or output channels x rows x columns x planes
  }];
  let arguments = (ins Kern_Picture:$input, Kern_Weights:$weights, Kern_Bias:$bias, Kern_Buffer:$output,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       OptionalAttr<NN_Activation>:$act, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `,` $weights `,` $bias `:` type($input) `,` type($weights) `,` type($bias) `)`
                          `outs` `(` $output `:` type($output) `)` `kernel` $kernel `stride` $strides `pad` $pads
                          (`act` $act^)? (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1, C2
}

def Kern_GlobalPoolOp : Kern_KernelOp<"global_pool"> {
  let summary = "output = mean of the input over height and width";
  let arguments = (ins Kern_Buffer:$input, Kern_Buffer:$output, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)`
                          (`schedule` $schedule^)? attr-dict }];
}

def Kern_FullyConnectedOp : Kern_KernelOp<"fully_connected"> {
  let summary = "output = act(weights * input + bias)";
  let description = [{
    - C1: weights are packed (one axis), or output channels x input channels
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Weights:$weights, Kern_Bias:$bias, Kern_Buffer:$output,
                       OptionalAttr<NN_Activation>:$act, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `,` $weights `,` $bias `:` type($input) `,` type($weights) `,` type($bias) `)`
                          `outs` `(` $output `:` type($output) `)` (`act` $act^)? (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_MaxPoolOp : Kern_KernelOp<"max_pool"> {
  let summary = "output = largest value of a window; what lies outside the input does not count";
  let description = [{
    - C1: two kernel extents and strides of 1 to 4096, two pads of 0 to 4096
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Buffer:$output, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)`
                          `kernel` $kernel `stride` $strides `pad` $pads (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_UpsampleOp : Kern_KernelOp<"upsample"> {
  let summary = "output[y][x] = input[y / factor][x / factor]";
  let description = [{
    - C1: factor is 1 to 64
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Buffer:$output, I64Attr:$factor, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)` `by` $factor
                          (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_CopyOp : Kern_KernelOp<"copy"> {
  let summary = "a picture into a slice of another, or into the caller's dense memory";
  let arguments = (ins Kern_Buffer:$input, Kern_Place:$output, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)`
                          (`schedule` $schedule^)? attr-dict }];
}

def Kern_ElementwiseOp : Kern_KernelOp<"elementwise", [AttrSizedOperandSegments]> {
  let summary = "output = act(input * gate) + residual, as a pass of its own";
  let description = [{
    - C1: input and residual have the extents of the output, gate is 1 x 1 x channels
  }];
  let arguments = (ins Kern_Buffer:$input, Optional<Kern_Buffer>:$gate, Optional<Kern_Buffer>:$residual,
                       Kern_Buffer:$output, OptionalAttr<NN_Activation>:$act, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` (`gate` `(` $gate^ `:` type($gate) `)`)?
                          (`residual` `(` $residual^ `:` type($residual) `)`)? `outs` `(` $output `:` type($output) `)`
                          (`act` $act^)? (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_InterleaveOp : Kern_KernelOp<"interleave"> {
  let summary = "output channel j * inputs + i is channel j of input i";
  let description = [{
    - C1: at least one input
  }];
  let arguments = (ins Variadic<Kern_Buffer>:$inputs, Kern_Buffer:$output, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $inputs `:` type($inputs) `)` `outs` `(` $output `:` type($output) `)`
                          (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_SpaceToDepthOp : Kern_KernelOp<"space_to_depth"> {
  let summary = "block x block pixels become channels: (row phase * block + column phase) * C + c";
  let description = [{
    - C1: block is 1 to 64
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Buffer:$output, I64Attr:$block, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)` `by` $block
                          (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_DepthToSpaceOp : Kern_KernelOp<"depth_to_space"> {
  let summary = "channels become by x bx pixels; the output is a window of that, which begins at `crop`";
  let description = [{
    - C1: two blocks of 1 to 64, two crops of 0 to 64
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Buffer:$output, DenseI64ArrayAttr:$blocks, DenseI64ArrayAttr:$crop,
                       OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `:` type($input) `)` `outs` `(` $output `:` type($output) `)` `by` $blocks
                          `crop` $crop (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_AttentionOp : Kern_KernelOp<"attention"> {
  let summary = "output = softmax(query . key / sqrt(channels / heads)) . value, in each head; a pixel is a token";
  let description = [{
    - C1: heads divides the channels
  }];
  let arguments = (ins Kern_Buffer:$query, Kern_Buffer:$key, Kern_Buffer:$value, Kern_Buffer:$output, I64Attr:$heads,
                       OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $query `,` $key `,` $value `:` type($query) `,` type($key) `,` type($value) `)`
                          `outs` `(` $output `:` type($output) `)` `heads` $heads (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1
}

def Kern_DetectOp : Kern_KernelOp<"detect"> {
  let summary = "a level of Detect: 1x1 convolution into a dense anchor x row x column x field head";
  let description = [{
    - C1: weights are packed (one axis), or (anchors * fields) x 1 x 1 x input channels
    - C2: at least five fields
  }];
  let arguments = (ins Kern_Buffer:$input, Kern_Weights:$weights, Kern_Bias:$bias, Kern_Head:$output,
                       F32Attr:$stride, DenseF32ArrayAttr:$anchors, OptionalAttr<Kern_Schedule>:$schedule);
  let assemblyFormat = [{ `ins` `(` $input `,` $weights `,` $bias `:` type($input) `,` type($weights) `,` type($bias) `)`
                          `outs` `(` $output `:` type($output) `)` `stride` $stride `anchors` $anchors
                          (`schedule` $schedule^)? attr-dict }];
  let hasVerifier = 1; // C1, C2
}

#endif // MNV3_KERN_OPS
