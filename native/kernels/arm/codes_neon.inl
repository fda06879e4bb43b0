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

}  // namespace
