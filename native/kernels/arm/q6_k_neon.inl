// Blocks of Q6_K for the ARM builds.

namespace {

struct Q6Block {
  int8x16_t weights[16];  // u - 32
  const int8_t* scales;
  float d;

  void open(const unsigned char* p) {
    scales = reinterpret_cast<const int8_t*>(p + 192);
    __fp16 h;
    __builtin_memcpy(&h, p + 208, sizeof h);
    d = h;
    const uint8x16_t low = vdupq_n_u8(15), high = vdupq_n_u8(48);
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {  // 16 bytes of each run of 32
      const int half = i / 2, l = 16 * (i % 2);
      const uint8x16_t a = vld1q_u8(p + 64 * half + l), b = vld1q_u8(p + 64 * half + 32 + l);
      const uint8x16_t c = vld1q_u8(p + 128 + 32 * half + l);
      const auto join = [=](uint8x16_t x, uint8x16_t y) {
        const uint8x16_t u = vorrq_u8(x, vandq_u8(y, high));
        return vsubq_s8(vreinterpretq_s8_u8(u), vdupq_n_s8(32));
      };
      int8x16_t* to = weights + 8 * half + i % 2;
      to[0] = join(vandq_u8(a, low), vshlq_n_u8(c, 4));
      to[2] = join(vandq_u8(b, low), vshlq_n_u8(c, 2));
      to[4] = join(vshrq_n_u8(a, 4), c);
      to[6] = join(vshrq_n_u8(b, 4), vshrq_n_u8(c, 2));
    }
  }

  // Two products are at most 2^13 in magnitude.
  float dot(const int8_t* q, const int16_t*) const {
    int32x4_t sum = vdupq_n_s32(0);
    BN_UNROLL
    for (int i = 0; i < 16; ++i) {
      const int8x16_t x = vld1q_s8(q + 16 * i);
      const int16x8_t low = vmull_s8(vget_low_s8(weights[i]), vget_low_s8(x));
      const int16x8_t pairs = vmlal_high_s8(low, weights[i], x);
      sum = vmlaq_n_s32(sum, vpaddlq_s16(pairs), scales[i]);
    }
    return static_cast<float>(vaddvq_s32(sum));
  }
};

inline void sums_of_16(const int8_t* q, int16_t* sums) {
  for (int i = 0; i < 16; ++i) sums[i] = vaddlvq_s8(vld1q_s8(q + 16 * i));
}

}  // namespace
