// The float vectors of the ARM builds: sixteen lanes in four registers. Baseline aarch64 has all that
// they need: fused multiply-add, conversion to and from F16, rounding to nearest even.

namespace {

inline float fma32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

struct IntSum {
  int32x4_t value;
  static IntSum zero() { return {vdupq_n_s32(0)}; }
  int32_t total() const { return vaddvq_s32(value); }
};

struct V {
  float32x4_t q[4];

// One of four equal instructions for each register; i numbers them.
#define BN_QUARTERS(expression)                         \
  V y;                                                  \
  BN_UNROLL                                             \
  for (int i = 0; i < 4; ++i) y.q[i] = (expression);    \
  return y

  static V zero() { BN_QUARTERS(vdupq_n_f32(0)); }
  static V set1(float f) { BN_QUARTERS(vdupq_n_f32(f)); }
  static V load(const float* p) { BN_QUARTERS(vld1q_f32(p + 4 * i)); }
  static V from_int(const int32_t* p, int32_t plus) {
    BN_QUARTERS(vcvtq_f32_s32(vaddq_s32(vld1q_s32(p + 4 * i), vdupq_n_s32(plus))));
  }
  void store(float* p) const {
    BN_UNROLL
    for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, q[i]);
  }
  // Loaded as bytes: weights have no alignment.
  static V load_f16(const void* p) {
    BN_QUARTERS(vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(bytes(p) + 8 * i))));
  }
  static V load_f16(const void* low, const void* high) {
    BN_QUARTERS(vcvt_f32_f16(
        vreinterpret_f16_u8(vld1_u8(bytes(i < 2 ? low : high) + 8 * (i % 2)))));
  }
  static V load_bf16(const void* p) {
    BN_QUARTERS(vreinterpretq_f32_u32(
        vshll_n_u16(vreinterpret_u16_u8(vld1_u8(bytes(p) + 8 * i)), 16)));
  }
  static V load_i8(const void* p) {
    const int8x16_t q = vreinterpretq_s8_u8(vld1q_u8(bytes(p)));
    const int16x8_t low = vmovl_s8(vget_low_s8(q)), high = vmovl_s8(vget_high_s8(q));
    return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))),
             vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
             vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))),
             vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
  }
  static V broadcast_f16(const void* p) {
    uint16_t h;
    __builtin_memcpy(&h, p, sizeof h);
    const float32x4_t all = vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(h)));
    BN_QUARTERS(all);
  }
  void store_f16(uint16_t* p) const {
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {
      vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(q[i])));
    }
  }
  static V add(V a, V b) { BN_QUARTERS(vaddq_f32(a.q[i], b.q[i])); }
  static V sub(V a, V b) { BN_QUARTERS(vsubq_f32(a.q[i], b.q[i])); }
  static V mul(V a, V b) { BN_QUARTERS(vmulq_f32(a.q[i], b.q[i])); }
  static V div(V a, V b) { BN_QUARTERS(vdivq_f32(a.q[i], b.q[i])); }
  static V fma(V a, V b, V c) { BN_QUARTERS(vfmaq_f32(c.q[i], a.q[i], b.q[i])); }
  // v > m ? v : m. Not the instruction FMAX, which gives NaN when v is NaN.
  static V max(V v, V m) { return if_greater(v, m, v, m); }
  static V abs(V a) { BN_QUARTERS(vabsq_f32(a.q[i])); }
  static V negate(V a) { BN_QUARTERS(vnegq_f32(a.q[i])); }
  static V round_even(V a) { BN_QUARTERS(vrndnq_f32(a.q[i])); }
  static V if_greater(V a, V b, V x, V y_) {
    BN_QUARTERS(vbslq_f32(vcgtq_f32(a.q[i], b.q[i]), x.q[i], y_.q[i]));
  }
  static V if_nan(V a, V x, V y_) {
    BN_QUARTERS(vbslq_f32(vceqq_f32(a.q[i], a.q[i]), y_.q[i], x.q[i]));
  }
  // (p * 2^a) * 2^b with a = k >> 1 and b = k - a.
  static V scale_by_power(V p, V k) { BN_QUARTERS(scale_quarter(p.q[i], k.q[i])); }
  // The conversion rounds to nearest even and turns NaN into 0, as the definition asks.
  void to_int8(int8_t* to, IntSum* sum) const {
    int32x4_t n[4];
    BN_UNROLL
    for (int i = 0; i < 4; ++i) n[i] = vcvtnq_s32_f32(q[i]);
    sum->value =
        vaddq_s32(sum->value, vaddq_s32(vaddq_s32(n[0], n[1]), vaddq_s32(n[2], n[3])));
    const int16x8_t low = vcombine_s16(vqmovn_s32(n[0]), vqmovn_s32(n[1]));
    const int16x8_t high = vcombine_s16(vqmovn_s32(n[2]), vqmovn_s32(n[3]));
    vst1q_s8(to, vcombine_s8(vqmovn_s16(low), vqmovn_s16(high)));
  }
  float fold() const {
    const float32x4_t a = vaddq_f32(vaddq_f32(q[0], q[2]), vaddq_f32(q[1], q[3]));  // w = 8, 4
    const float32x2_t b = vadd_f32(vget_low_f32(a), vget_high_f32(a));              // w = 2
    return vget_lane_f32(b, 0) + vget_lane_f32(b, 1);                               // w = 1
  }
  static void fold_four(const V& a, const V& b, const V& c, const V& d, float* y) {
    y[0] = a.fold();
    y[1] = b.fold();
    y[2] = c.fold();
    y[3] = d.fold();
  }
#undef BN_QUARTERS

 private:
  static const uint8_t* bytes(const void* p) { return static_cast<const uint8_t*>(p); }
  static float32x4_t power(int32x4_t n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
  }
  static float32x4_t scale_quarter(float32x4_t p, float32x4_t k) {
    const int32x4_t n = vcvtnq_s32_f32(k);
    const int32x4_t a = vshrq_n_s32(n, 1), b = vsubq_s32(n, a);
    return vmulq_f32(vmulq_f32(p, power(a)), power(b));
  }
};

// One of a V's registers, and the tile of sums that fits the registers beside its factors.
struct Part {
  float32x4_t v;

  static Part zero() { return {vdupq_n_f32(0)}; }
  static Part load(const float* p) { return {vld1q_f32(p)}; }
  static Part load_f16(const void* p) {
    return {vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(static_cast<const uint8_t*>(p))))};
  }
  static Part load_bf16(const void* p) {
    const uint16x4_t h = vreinterpret_u16_u8(vld1_u8(static_cast<const uint8_t*>(p)));
    return {vreinterpretq_f32_u32(vshll_n_u16(h, 16))};
  }
  void store(float* p) const { vst1q_f32(p, v); }
  static Part fma(Part a, Part b, Part c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
};
constexpr uint64_t kPartLanes = 4;
inline V whole(const Part (&p)[4]) { return {{p[0].v, p[1].v, p[2].v, p[3].v}}; }
constexpr int kDotRows = 4, kDotTokens = 4;

struct Squares {
  float64x2_t lane[8];
  static Squares zero() {
    Squares s;
    for (float64x2_t& two : s.lane) two = vdupq_n_f64(0);
    return s;
  }
  void add(V x) {
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {
      const float64x2_t low = vcvt_f64_f32(vget_low_f32(x.q[i]));
      const float64x2_t high = vcvt_high_f64_f32(x.q[i]);
      lane[2 * i] = vaddq_f64(lane[2 * i], vmulq_f64(low, low));
      lane[2 * i + 1] = vaddq_f64(lane[2 * i + 1], vmulq_f64(high, high));
    }
  }
  void store(double* p) const {
    for (int i = 0; i < 8; ++i) vst1q_f64(p + 2 * i, lane[i]);
  }
};

}  // namespace
