// Unpacking of 2-bit codes for the ARM builds.

namespace {

struct Codes {
  int8x16_t c[8];  // elements 0..15, 16..31, ..., each 0..3
  static Codes load(const uint8_t* p) {
    const uint8x16_t three = vdupq_n_u8(3);
    Codes codes;
    BN_UNROLL
    for (int half = 0; half < 2; ++half) {
      const uint8x16_t w = vld1q_u8(p + 16 * half);
      codes.c[half] = vreinterpretq_s8_u8(vshrq_n_u8(w, 6));
      codes.c[2 + half] = vreinterpretq_s8_u8(vandq_u8(vshrq_n_u8(w, 4), three));
      codes.c[4 + half] = vreinterpretq_s8_u8(vandq_u8(vshrq_n_u8(w, 2), three));
      codes.c[6 + half] = vreinterpretq_s8_u8(vandq_u8(w, three));
    }
    return codes;
  }
};

inline void unpack_block(const uint8_t* p, uint8_t* codes) {
  const Codes unpacked = Codes::load(p);
  BN_UNROLL
  for (int i = 0; i < 8; ++i) vst1q_u8(codes + 16 * i, vreinterpretq_u8_s8(unpacked.c[i]));
}

// For the screened head: 8-bit codes widened to 16 bits, multiplied and added to 32 bits.
struct WideSum {
  static constexpr uint64_t kElements = 16;
  int32x4_t wide[2];

  static WideSum zero() { return {{vdupq_n_s32(0), vdupq_n_s32(0)}}; }
  static int16x8x2_t widened(const int8_t* codes) {
    const int8x16_t w = vld1q_s8(codes);
    return {{vmovl_s8(vget_low_s8(w)), vmovl_high_s8(w)}};
  }
  static int16x8x2_t inputs(const int16_t* x) { return {{vld1q_s16(x), vld1q_s16(x + 8)}}; }
  void add(const int16x8x2_t& codes, const int16x8x2_t& x) {
    BN_UNROLL
    for (int i = 0; i < 2; ++i) {
      wide[0] = vmlal_s16(wide[0], vget_low_s16(codes.val[i]), vget_low_s16(x.val[i]));
      wide[1] = vmlal_high_s16(wide[1], codes.val[i], x.val[i]);
    }
  }
  int32_t total() const { return vaddvq_s32(vaddq_s32(wide[0], wide[1])); }
};

}  // namespace
