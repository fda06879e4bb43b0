// Sums of packed triples with NEON: 16 rows to a register of parts.

#include "kernels/packed_patterns.inl"

namespace {

inline void triple_parts(int8_t x0, int8_t x1, int8_t x2, int8_t* parts) {
  BN_UNROLL
  for (int i = 0; i < 16; i += 8) {
    int16x8_t v = vmulq_n_s16(vld1q_s16(kPatterns[0] + i), x0);
    v = vmlaq_n_s16(v, vld1q_s16(kPatterns[1] + i), x1);
    v = vmlaq_n_s16(v, vld1q_s16(kPatterns[2] + i), x2);
    // v * 1130 / 2^15, rounded, is v / kPartBase, rounded, for |v| <= 384.
    const int16x8_t high = vqrdmulhq_n_s16(v, 1130), low = vmlsq_n_s16(v, high, kPartBase);
    vst1_s8(parts + i, vmovn_s16(low));
    vst1_s8(parts + 16 + i, vmovn_s16(high));
  }
}

void packed_sums(const uint8_t* block, uint64_t n_blocks, const int8_t* inputs, int32_t* sums) {
  constexpr int kSlices = BN_PACKED_ROWS / 16;
  for (int r = 0; r < BN_PACKED_ROWS; ++r) sums[r] = 0;
  for (uint64_t b = 0; b < n_blocks;) {
    const uint64_t end = n_blocks - b > kPackedBlocksPerWiden ? b + kPackedBlocksPerWiden : n_blocks;
    int16x8_t narrow[2 * kSlices];
    BN_UNROLL
    for (int i = 0; i < 2 * kSlices; ++i) narrow[i] = vdupq_n_s16(0);
    for (; b < end; ++b, block += BN_PACKED_BLOCK_BYTES) {
      BN_UNROLL
      for (int i = 0; i < BN_PACKED_BLOCK_BYTES; i += 64) __builtin_prefetch(block + kPackedBytesAhead + i);
      int8x16_t signs[kSlices], low[kSlices], high[kSlices];
      BN_UNROLL
      for (int s = 0; s < kSlices; ++s) {
        signs[s] = vreinterpretq_s8_u8(vld1q_u8(block + 16 * s));
        low[s] = high[s] = vdupq_n_s8(0);
      }
      BN_UNROLL
      for (int t = 0; t < 8; ++t, inputs += 32) {
        const uint8_t* pairs = block + (1 + t / 2) * BN_PACKED_ROWS;
        const int8x16_t low_parts = vld1q_s8(inputs), high_parts = vld1q_s8(inputs + 16);
        BN_UNROLL
        for (int s = 0; s < kSlices; ++s) {
          const uint8x16_t pair = vld1q_u8(pairs + 16 * s);
          const uint8x16_t pattern = t % 2 == 0 ? vandq_u8(pair, vdupq_n_u8(15)) : vshrq_n_u8(pair, 4);
          const int8x16_t negative = vreinterpretq_s8_u8(vcltzq_s8(signs[s]));
          signs[s] = vshlq_n_s8(signs[s], 1);
          low[s] = vaddq_s8(low[s], veorq_s8(vqtbl1q_s8(low_parts, pattern), negative));
          high[s] = vaddq_s8(high[s], veorq_s8(vqtbl1q_s8(high_parts, pattern), negative));
        }
      }
      const int8x16_t base = vdupq_n_s8(kPartBase);
      BN_UNROLL
      for (int s = 0; s < kSlices; ++s) {
        int16x8_t* const n = narrow + 2 * s;
        n[0] = vmlal_s8(vaddw_s8(n[0], vget_low_s8(low[s])), vget_low_s8(high[s]), vget_low_s8(base));
        n[1] = vmlal_high_s8(vaddw_high_s8(n[1], low[s]), high[s], base);
      }
    }
    BN_UNROLL
    for (int i = 0; i < 2 * kSlices; ++i) {
      int32_t* to = sums + 8 * i;
      vst1q_s32(to, vaddw_s16(vld1q_s32(to), vget_low_s16(narrow[i])));
      vst1q_s32(to + 4, vaddw_high_s16(vld1q_s32(to + 4), narrow[i]));
    }
  }
}

}  // namespace
