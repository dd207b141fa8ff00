// Each constraint of NNOps.td is broken once; the functions bear its label.
// RUN: mnv3-opt --split-input-file -verify-diagnostics %s

func.func @add_c1(%x: tensor<1x5x7x3xf32>, %z: tensor<1x5x1x2xf32>) {
  // expected-error @below {{'nn.add' op cannot repeat 'tensor<1x5x1x2xf32>' to 'tensor<1x5x7x3xf32>' (C1)}}
  %0 = nn.add %x, %z : (tensor<1x5x7x3xf32>, tensor<1x5x1x2xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @mul_c2(%x: tensor<1x5x7x3xf32>, %g: tensor<1x1x1x3xf32>) {
  // expected-error @below {{'nn.mul' op result is 'tensor<1x1x1x3xf32>', lhs 'tensor<1x5x7x3xf32>' (C2)}}
  %0 = nn.mul %x, %g : (tensor<1x5x7x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x1x1x3xf32>
  return
}

// -----

func.func @batch_norm_c1(%x: tensor<1x5x7x3xf32>, %p: tensor<3xf32>, %q: tensor<4xf32>) {
  // expected-error @below {{'nn.batch_norm' op mean has 4 values, should have 3 (C1)}}
  %0 = nn.batch_norm %x, %p, %p, %q, %p epsilon 1.0e-3
      : (tensor<1x5x7x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4xf32>, tensor<3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @batch_norm_c2(%x: tensor<1x5x7x3xf32>, %p: tensor<3xf32>) {
  // expected-error @below {{'nn.batch_norm' op epsilon is not above 0 (C2)}}
  %0 = nn.batch_norm %x, %p, %p, %p, %p epsilon 0.0
      : (tensor<1x5x7x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @conv2d_c1(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x3xf32>) {
  // expected-error @below {{'nn.conv2d' op filter takes 3 channels and makes 2, input has 4 in 1 group(s) (C1)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x6x8x4xf32>, tensor<2x1x1x3xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c1_groups(%x: tensor<1x6x8x4xf32>, %w: tensor<3x1x1x2xf32>) {
  // expected-error @below {{filter takes 2 channels and makes 3, input has 4 in 2 group(s) (C1)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] {groups = 2}
      : (tensor<1x6x8x4xf32>, tensor<3x1x1x2xf32>) -> tensor<1x6x8x3xf32>
  return
}

// -----

func.func @conv2d_c2_stride(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{stride 0, 1 is below 1 (C2)}}
  %0 = nn.conv2d %x, %w stride [0, 1] pad [0, 0, 0, 0] : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c2_pad(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{pad 0, 0, -1, 0 is negative (C2)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, -1, 0] : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>) -> tensor<1x6x7x2xf32>
  return
}

// -----

func.func @conv2d_c2_count(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{needs 2 strides and 4 pads (C2)}}
  %0 = nn.conv2d %x, %w stride [1] pad [0, 0, 0, 0] : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c2_dilation(%x: tensor<1x6x8x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @below {{dilation -1 is not between 1 and 1073741824 (C2)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [1, 1, 1, 1] {dilation = -1}
      : (tensor<1x6x8x4xf32>, tensor<2x3x3x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c3(%x: tensor<1x6x8x4xf32>, %w: tensor<2x3x3x4xf32>) {
  // expected-error @below {{result is 'tensor<1x6x8x2xf32>', should be 1x3x4x2 (C3)}}
  %0 = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x6x8x4xf32>, tensor<2x3x3x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c3_no_room(%x: tensor<1x6x8x4xf32>, %w: tensor<2x7x3x4xf32>) {
  // expected-error @below {{window is larger than the padded input (C3)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 1, 1] : (tensor<1x6x8x4xf32>, tensor<2x7x3x4xf32>) -> tensor<1x1x8x2xf32>
  return
}

// -----

func.func @conv2d_c4_bias(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{bias has 4 values, should have 2 (C4)}}
  %0 = nn.conv2d %x, %w bias %b stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>, tensor<4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c4_gate(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>, %g: tensor<1x1x1x2xf32>) {
  // expected-error @below {{gate is 'tensor<1x1x1x2xf32>', should be 1x1x1x4 (C4)}}
  %0 = nn.conv2d %x, %w gate %g stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c5_residual(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{residual is 'tensor<1x6x8x4xf32>', result 'tensor<1x6x8x2xf32>' (C5)}}
  %0 = nn.conv2d %x, %w residual %x stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>, tensor<1x6x8x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @conv2d_c5_start(%x: tensor<1x5x8x4xf32>, %w: tensor<2x1x1x4xf32>, %s: tensor<1x2x4x2xf32>) {
  // expected-error @below {{start is 'tensor<1x2x4x2xf32>', should be half of 'tensor<1x5x8x2xf32>' (C5)}}
  %0 = nn.conv2d %x, %w start %s stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x5x8x4xf32>, tensor<2x1x1x4xf32>, tensor<1x2x4x2xf32>) -> tensor<1x5x8x2xf32>
  return
}

// -----

func.func @conv2d_c6(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{has gate_act without gate (C6)}}
  %0 = nn.conv2d %x, %w gate_act <relu> stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @depthwise_conv2d_c1(%x: tensor<1x5x7x3xf32>, %w: tensor<3x3x2xf32>) {
  // expected-error @below {{'nn.depthwise_conv2d' op filter has 2 channels, input has 3 (C1)}}
  %0 = nn.depthwise_conv2d %x, %w stride [1, 1] pad [1, 1, 1, 1] : (tensor<1x5x7x3xf32>, tensor<3x3x2xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @depthwise_conv2d_c2(%x: tensor<1x5x7x3xf32>, %w: tensor<3x3x3xf32>) {
  // expected-error @below {{stride 1, 0 is below 1 (C2)}}
  %0 = nn.depthwise_conv2d %x, %w stride [1, 0] pad [1, 1, 1, 1] : (tensor<1x5x7x3xf32>, tensor<3x3x3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @depthwise_conv2d_c3(%x: tensor<1x5x7x3xf32>, %w: tensor<3x3x3xf32>) {
  // expected-error @below {{should be 1x3x5x3 (C3)}}
  %0 = nn.depthwise_conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x3xf32>, tensor<3x3x3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @depthwise_conv2d_c4(%x: tensor<1x5x7x3xf32>, %w: tensor<3x3x3xf32>, %b: tensor<1xf32>) {
  // expected-error @below {{bias has 1 values, should have 3 (C4)}}
  %0 = nn.depthwise_conv2d %x, %w bias %b stride [1, 1] pad [1, 1, 1, 1]
      : (tensor<1x5x7x3xf32>, tensor<3x3x3xf32>, tensor<1xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @global_avg_pool_c1(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{'nn.global_avg_pool' op result is 'tensor<1x1x1x4xf32>', should be 1x1x1x3 (C1)}}
  %0 = nn.global_avg_pool %x : (tensor<1x5x7x3xf32>) -> tensor<1x1x1x4xf32>
  return
}

// -----

func.func @fully_connected_c1(%x: tensor<1x2x1x4xf32>, %w: tensor<2x4xf32>) {
  // expected-error @below {{'nn.fully_connected' op input is 'tensor<1x2x1x4xf32>', should be 1x1x1x4 (C1)}}
  %0 = nn.fully_connected %x, %w : (tensor<1x2x1x4xf32>, tensor<2x4xf32>) -> tensor<1x1x1x2xf32>
  return
}

// -----

func.func @fully_connected_c2(%x: tensor<1x1x1x4xf32>, %w: tensor<2x4xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{bias has 4 values, should have 2 (C2)}}
  %0 = nn.fully_connected %x, %w bias %b : (tensor<1x1x1x4xf32>, tensor<2x4xf32>, tensor<4xf32>) -> tensor<1x1x1x2xf32>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{'nn.max_pool' op window 0, 2 needs two extents from 1 to 1073741824 (C1)}}
  %0 = nn.max_pool %x window [0, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x5x7x3xf32>) -> tensor<1x2x3x3xf32>
  return
}

// -----

func.func @max_pool_c2_extent(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{result extent 4 is not between 2 and 3 (C2)}}
  %0 = nn.max_pool %x window [2, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x5x7x3xf32>) -> tensor<1x4x3x3xf32>
  return
}

// -----

// Three rows of windows would fit (rounded up), but the third begins below the image.
func.func @max_pool_c2_outside(%x: tensor<1x2x7x3xf32>) {
  // expected-error @below {{a window lies outside the image (C2)}}
  %0 = nn.max_pool %x window [2, 2] stride [2, 1] pad [0, 2, 0, 0] : (tensor<1x2x7x3xf32>) -> tensor<1x2x6x3xf32>
  return
}

// -----

func.func @upsample_c1(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{'nn.upsample' op result is 'tensor<1x10x7x3xf32>', should be 1x10x14x3 (C1)}}
  %0 = nn.upsample %x by 2 : (tensor<1x5x7x3xf32>) -> tensor<1x10x7x3xf32>
  return
}

// -----

func.func @upsample_c1_factor(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{factor 0 is not between 1 and 64 (C1)}}
  %0 = nn.upsample %x by 0 : (tensor<1x5x7x3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @concat_c1(%x: tensor<1x5x7x3xf32>, %z: tensor<1x5x6x3xf32>) {
  // expected-error @below {{'nn.concat' op input 'tensor<1x5x6x3xf32>' has not the height and width of 'tensor<1x5x7x6xf32>' (C1)}}
  %0 = nn.concat %x, %z : (tensor<1x5x7x3xf32>, tensor<1x5x6x3xf32>) -> tensor<1x5x7x6xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{inputs have 6 channels, result has 5 (C2)}}
  %0 = nn.concat %x, %x : (tensor<1x5x7x3xf32>, tensor<1x5x7x3xf32>) -> tensor<1x5x7x5xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{'nn.slice' op 2 channels from 2 are not inside 3 (C1)}}
  %0 = nn.slice %x from 2 : (tensor<1x5x7x3xf32>) -> tensor<1x5x7x2xf32>
  return
}

// -----

func.func @slice_c1_far(%x: tensor<1x5x7x3xf32>) {
  // expected-error @below {{2 channels from 9223372036854775807 are not inside 3 (C1)}}
  %0 = nn.slice %x from 9223372036854775807 : (tensor<1x5x7x3xf32>) -> tensor<1x5x7x2xf32>
  return
}

// -----

func.func @read_planar_c1(%x: tensor<1x3x5x7xf32>) {
  // expected-error @below {{'nn.read_planar' op result is 'tensor<1x3x5x7xf32>', should be 1x5x7x3 (C1)}}
  %0 = nn.read_planar %x : (tensor<1x3x5x7xf32>) -> tensor<1x3x5x7xf32>
  return
}

// -----

func.func @detect_c1(%x: tensor<1x5x7x4xf32>, %w: tensor<12x1x1x5xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{'nn.detect' op filter is 'tensor<12x1x1x5xf32>' for 2 anchors and 4 channels (C1)}}
  %0 = nn.detect %x, %w bias %b stride 8.0 anchors [1.0, 2.0, 3.0, 4.0]
      : (tensor<1x5x7x4xf32>, tensor<12x1x1x5xf32>, tensor<12xf32>) -> tensor<2x5x7x6xf32>
  return
}

// -----

func.func @detect_c2(%x: tensor<1x5x7x4xf32>, %w: tensor<12x1x1x4xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{result is 'tensor<3x5x7x4xf32>', should be 2x5x7x6 (C2)}}
  %0 = nn.detect %x, %w bias %b stride 8.0 anchors [1.0, 2.0, 3.0, 4.0]
      : (tensor<1x5x7x4xf32>, tensor<12x1x1x4xf32>, tensor<12xf32>) -> tensor<3x5x7x4xf32>
  return
}

// -----

func.func @detect_c3(%x: tensor<1x5x7x4xf32>, %w: tensor<12x1x1x4xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{needs pairs of anchors and a stride above 0 (C3)}}
  %0 = nn.detect %x, %w bias %b stride 8.0 anchors [1.0, 2.0, 3.0]
      : (tensor<1x5x7x4xf32>, tensor<12x1x1x4xf32>, tensor<12xf32>) -> tensor<2x5x7x6xf32>
  return
}

// -----

func.func @image_has_batch_1(%x: tensor<2x5x7x3xf32>) {
  // expected-error @below {{operand #0 must be 1 x height x width x channels tensor of f32}}
  %0 = nn.relu %x : tensor<2x5x7x3xf32>
  return
}

// -----

func.func @image_is_f32(%x: tensor<1x5x7x3xf16>) {
  // expected-error @below {{operand #0 must be 1 x height x width x channels tensor of f32}}
  %0 = nn.relu %x : tensor<1x5x7x3xf16>
  return
}

// -----

func.func @activation(%x: tensor<1x5x7x3xf32>, %w: tensor<3x3x3xf32>) {
  // expected-error @below {{unknown activation 'swish'}}
  %0 = nn.depthwise_conv2d %x, %w stride [1, 1] pad [1, 1, 1, 1] act <swish> : (tensor<1x5x7x3xf32>, tensor<3x3x3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// -----

func.func @interleave_c1(%x: tensor<1x5x7x4xf32>, %y: tensor<1x5x7x8xf32>) {
  // expected-error @below {{needs inputs of one type (C1)}}
  %0 = nn.interleave %x, %y : (tensor<1x5x7x4xf32>, tensor<1x5x7x8xf32>) -> tensor<1x5x7x12xf32>
  return
}

// -----

func.func @interleave_c2(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{result is 'tensor<1x5x7x4xf32>', should be 1x5x7x8 (C2)}}
  %0 = nn.interleave %x, %x : (tensor<1x5x7x4xf32>, tensor<1x5x7x4xf32>) -> tensor<1x5x7x4xf32>
  return
}

// -----

func.func @space_to_depth_c1(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{blocks of 2 do not divide 'tensor<1x5x7x4xf32>' (C1)}}
  %0 = nn.space_to_depth %x by 2 : (tensor<1x5x7x4xf32>) -> tensor<1x2x3x16xf32>
  return
}

// -----

func.func @depth_to_space_c1(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{input has 4 channels, should have 8 (C1)}}
  %0 = nn.depth_to_space %x by [2, 2] crop [0, 0] : (tensor<1x5x7x4xf32>) -> tensor<1x10x14x2xf32>
  return
}

// -----

func.func @depth_to_space_blocks_c1(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{needs two blocks from 1 to 64 and two crops from 0 to 64 (C1)}}
  %0 = nn.depth_to_space %x by [2] crop [0, 0] : (tensor<1x5x7x4xf32>) -> tensor<1x10x14x1xf32>
  return
}

// -----

func.func @depth_to_space_c2(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{reaches beyond the enlarged input (C2)}}
  %0 = nn.depth_to_space %x by [2, 2] crop [1, 0] : (tensor<1x5x7x4xf32>) -> tensor<1x10x14x1xf32>
  return
}

// -----

func.func @attention_c1(%x: tensor<1x5x7x4xf32>) {
  // expected-error @below {{3 heads do not divide 4 channels (C1)}}
  %0 = nn.attention %x, %x, %x heads 3 : tensor<1x5x7x4xf32>
  return
}

// -----

func.func @image_has_pixels(%x: tensor<1x5x0x3xf32>) {
  // expected-error @below {{operand #0 must be 1 x height x width x channels tensor of f32, 1 to 2^30 of them}}
  %0 = nn.relu %x : tensor<1x5x0x3xf32>
  return
}

// -----

func.func @image_fits_memory(%x: tensor<1x65536x65536x3xf32>) {
  // expected-error @below {{operand #0 must be 1 x height x width x channels tensor of f32, 1 to 2^30 of them}}
  %0 = nn.relu %x : tensor<1x65536x65536x3xf32>
  return
}

// -----

func.func @picture_has_batch_1(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{operand #0 must be 1 x channels x height x width tensor of f32}}
  %0 = nn.read_planar %x : (tensor<2x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  return
}

// -----

func.func @constant_c1() {
  // expected-error @below {{repeats one value more than 16777216 times (C1)}}
  %0 = nn.constant dense<0.0> : tensor<16777217xf32>
  return
}

// -----

func.func @constant_is_f32() {
  // expected-error @below {{result #0 must be any tensor of f32}}
  %0 = nn.constant dense<1> : tensor<4xi32>
  return
}

// -----

func.func @conv2d_c2_overflow(%x: tensor<1x6x8x4xf32>, %w: tensor<2x1x1x4xf32>) {
  // expected-error @below {{or pad 9223372036854775807, 1, 0, 0 is above 1073741824 (C2)}}
  %0 = nn.conv2d %x, %w stride [1, 1] pad [9223372036854775807, 1, 0, 0] : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----

// In a module, an op may read what stands behind it, or itself.
// expected-error @below {{'nn.constant' op does not stand in a function of one block}}
%0 = nn.constant dense<1.0> : tensor<4xf32>

// -----

// And in a block that nothing branches to.
func.func @two_blocks(%x: tensor<1x5x7x3xf32>) {
  return
^unreached:
  // expected-error @below {{'nn.relu' op does not stand in a function of one block}}
  %0 = nn.relu %0 : tensor<1x5x7x3xf32>
  return
}
