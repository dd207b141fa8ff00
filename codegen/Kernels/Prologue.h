/* What the kernels of --emit=cpp are written in: vectors as g++ and clang++ know them, and a few functions of them. Functions are
 * named once for every type; load<f32x8> and the like say which. */

#define MNV3_INLINE inline __attribute__((always_inline, unused))

MNV3_INLINE int32_t min(int32_t a, int32_t b) { return a < b ? a : b; }
MNV3_INLINE int32_t max(int32_t a, int32_t b) { return a > b ? a : b; }
MNV3_INLINE float min(float a, float b) { return a < b ? a : b; }
MNV3_INLINE float max(float a, float b) { return a > b ? a : b; }
/* The remainder is never negative. */
MNV3_INLINE int32_t floor_div(int32_t a, int32_t b) { return a / b - (a % b < 0 ? (b < 0 ? -1 : 1) : 0); }
MNV3_INLINE int32_t floor_mod(int32_t a, int32_t b) { return a - floor_div(a, b) * b; }

template <typename Vector, typename Element> MNV3_INLINE Vector splat(Element value) { return value - Vector{}; }
template <typename Vector> Vector load(const float *from);
template <typename Vector> Vector load_each(const float *from, int32_t stride);
template <typename Vector, typename Index> Vector gather(const float *from, Index at);
template <typename Vector> Vector mask(bool value);
template <typename Vector> Vector ramp(int32_t first, int32_t step);

#define MNV3_FOR_LANES for (int lane = 0; lane < (int)(sizeof(vector) / 4); ++lane)
#define MNV3_ON_VECTORS(FLOATS, INTS) \
  template <> MNV3_INLINE FLOATS load_each<FLOATS>(const float *from, int32_t stride) { \
    FLOATS vector = {}; \
    MNV3_FOR_LANES vector[lane] = from[lane * stride]; \
    return vector; \
  } \
  template <> MNV3_INLINE FLOATS gather<FLOATS, INTS>(const float *from, INTS at) { \
    FLOATS vector = {}; \
    MNV3_FOR_LANES vector[lane] = from[at[lane]]; \
    return vector; \
  } \
  MNV3_INLINE void store_each(float *to, int32_t stride, FLOATS vector) { MNV3_FOR_LANES to[lane * stride] = vector[lane]; } \
  MNV3_INLINE float sum(FLOATS vector) { \
    for (int half = (int)(sizeof(vector) / 8); half > 0; half /= 2) \
      for (int lane = 0; lane < half; ++lane) \
        vector[lane] += vector[lane + half]; \
    return vector[0]; \
  } \
  template <> MNV3_INLINE INTS ramp<INTS>(int32_t first, int32_t step) { \
    INTS vector = {}; \
    MNV3_FOR_LANES vector[lane] = first + lane * step; \
    return vector; \
  } \
  template <> MNV3_INLINE INTS mask<INTS>(bool value) { return splat<INTS>(-(int32_t)value); } \
  MNV3_INLINE FLOATS min(FLOATS a, FLOATS b) { return select(a < b, a, b); } \
  MNV3_INLINE FLOATS max(FLOATS a, FLOATS b) { return select(a > b, a, b); } \
  MNV3_INLINE INTS min(INTS vector, INTS other) { \
    MNV3_FOR_LANES vector[lane] = min(vector[lane], other[lane]); \
    return vector; \
  } \
  MNV3_INLINE INTS max(INTS vector, INTS other) { \
    MNV3_FOR_LANES vector[lane] = max(vector[lane], other[lane]); \
    return vector; \
  } \
  MNV3_INLINE FLOATS mul_add(FLOATS a, FLOATS b, FLOATS c) { return a * b + c; } \
  MNV3_INLINE FLOATS mul_sub(FLOATS a, FLOATS b, FLOATS c) { return c - a * b; }

#define MNV3_VECTORS(LANES) \
  typedef float f32x##LANES __attribute__((vector_size(4 * LANES))); \
  typedef int32_t i32x##LANES __attribute__((vector_size(4 * LANES))); \
  typedef float f32x##LANES##_anywhere __attribute__((vector_size(4 * LANES), aligned(4), may_alias)); \
  template <> MNV3_INLINE f32x##LANES load<f32x##LANES>(const float *from) { return *(const f32x##LANES##_anywhere *)from; } \
  MNV3_INLINE void store(float *to, f32x##LANES vector) { *(f32x##LANES##_anywhere *)to = vector; } \
  MNV3_INLINE f32x##LANES select(i32x##LANES condition, f32x##LANES a, f32x##LANES b) { return condition ? a : b; } \
  MNV3_INLINE f32x##LANES as_float(i32x##LANES bits) { return (f32x##LANES)bits; } \
  MNV3_INLINE i32x##LANES as_int(f32x##LANES bits) { return (i32x##LANES)bits; } \
  MNV3_ON_VECTORS(f32x##LANES, i32x##LANES)

/* Where there are no vectors of four, neither compiler keeps one in registers: they are four floats then. */
#if defined(__SSE2__) || defined(__ARM_NEON) || (defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE & 2) || defined(__wasm_simd128__) || \
    defined(__riscv_vector)
MNV3_VECTORS(4)
#if defined(__aarch64__)
MNV3_INLINE f32x4 round_even(f32x4 x) { return (f32x4)vrndnq_f32((float32x4_t)x); }
MNV3_INLINE i32x4 to_int(f32x4 x) { return (i32x4)vcvtq_s32_f32((float32x4_t)x); } /* saturates */
#endif
#else
template <typename Element> struct mnv3_four {
  Element a, b, c, d;
  MNV3_INLINE Element operator[](int lane) const { return lane == 0 ? a : lane == 1 ? b : lane == 2 ? c : d; }
  MNV3_INLINE Element &operator[](int lane) { return lane == 0 ? a : lane == 1 ? b : lane == 2 ? c : d; }
};
typedef mnv3_four<float> f32x4;
typedef mnv3_four<int32_t> i32x4;
#define MNV3_EACH(RESULT, VECTORS, SIGN) \
  MNV3_INLINE RESULT operator SIGN(VECTORS x, VECTORS y) { return RESULT{x.a SIGN y.a, x.b SIGN y.b, x.c SIGN y.c, x.d SIGN y.d}; }
MNV3_EACH(f32x4, f32x4, +)
MNV3_EACH(f32x4, f32x4, -)
MNV3_EACH(f32x4, f32x4, *)
MNV3_EACH(f32x4, f32x4, /)
MNV3_EACH(i32x4, f32x4, <)
MNV3_EACH(i32x4, f32x4, <=)
MNV3_EACH(i32x4, f32x4, >)
MNV3_EACH(i32x4, f32x4, >=)
MNV3_EACH(i32x4, f32x4, ==)
MNV3_EACH(i32x4, f32x4, !=)
#define MNV3_EACH_BITS(SIGN) \
  MNV3_INLINE i32x4 operator SIGN(i32x4 x, i32x4 y) { \
    return i32x4{(int32_t)((uint32_t)x.a SIGN (uint32_t)y.a), (int32_t)((uint32_t)x.b SIGN (uint32_t)y.b), \
                 (int32_t)((uint32_t)x.c SIGN (uint32_t)y.c), (int32_t)((uint32_t)x.d SIGN (uint32_t)y.d)}; \
  }
MNV3_EACH_BITS(+)
MNV3_EACH_BITS(-)
MNV3_EACH_BITS(*)
MNV3_EACH_BITS(<<)
MNV3_EACH_BITS(&)
MNV3_EACH_BITS(|)
MNV3_EACH(i32x4, i32x4, <)
MNV3_EACH(i32x4, i32x4, <=)
MNV3_INLINE f32x4 operator-(float x, f32x4 y) { return f32x4{x - y.a, x - y.b, x - y.c, x - y.d}; } /* for splat */
MNV3_INLINE i32x4 operator-(int32_t x, i32x4 y) { return i32x4{x, x, x, x} - y; }
template <> MNV3_INLINE f32x4 load<f32x4>(const float *from) { return f32x4{from[0], from[1], from[2], from[3]}; }
MNV3_INLINE void store(float *to, f32x4 x) { to[0] = x.a, to[1] = x.b, to[2] = x.c, to[3] = x.d; }
MNV3_INLINE f32x4 select(i32x4 condition, f32x4 x, f32x4 y) {
  return f32x4{condition.a ? x.a : y.a, condition.b ? x.b : y.b, condition.c ? x.c : y.c, condition.d ? x.d : y.d};
}
MNV3_INLINE float as_float(int32_t bits) {
  union { int32_t bits; float value; } pun = {bits};
  return pun.value;
}
MNV3_INLINE int32_t as_int(float value) {
  union { float value; int32_t bits; } pun = {value};
  return pun.bits;
}
MNV3_INLINE f32x4 as_float(i32x4 x) { return f32x4{as_float(x.a), as_float(x.b), as_float(x.c), as_float(x.d)}; }
MNV3_INLINE i32x4 as_int(f32x4 x) { return i32x4{as_int(x.a), as_int(x.b), as_int(x.c), as_int(x.d)}; }
MNV3_ON_VECTORS(f32x4, i32x4)
#endif
