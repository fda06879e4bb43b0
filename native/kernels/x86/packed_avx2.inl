// Sums of packed triples with 256-bit instructions: 32 rows at a time, two registers of parts for each.

#include "kernels/x86/packed_shared.inl"

namespace {

inline __m256i load_packed(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

inline __m256i load_parts(const int8_t* p) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

// The parts of one triple of 32 rows. Its sign is the highest bit of `signs`, which moves on to the next.
inline void add_triple(__m256i patterns, __m256i low_parts, __m256i high_parts, __m256i* signs,
                       __m256i* low, __m256i* high) {
  const __m256i index = _mm256_and_si256(patterns, _mm256_set1_epi8(15));
  const __m256i negative = _mm256_cmpgt_epi8(_mm256_setzero_si256(), *signs);
  *signs = _mm256_add_epi8(*signs, *signs);
  *low = _mm256_add_epi8(*low, _mm256_xor_si256(_mm256_shuffle_epi8(low_parts, index), negative));
  *high = _mm256_add_epi8(*high, _mm256_xor_si256(_mm256_shuffle_epi8(high_parts, index), negative));
}

BN_NO_INLINE void packed_sums(const uint8_t* block, uint64_t n_blocks, const int8_t* inputs,
                              int32_t* sums) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i bases = _mm256_set1_epi16(kPartBase << 8 | 1);  // of the low and the high parts, in turns
  for (int r = 0; r < BN_PACKED_ROWS; ++r) sums[r] = 0;
  for (uint64_t b = 0; b < n_blocks;) {
    const uint64_t end = n_blocks - b > kPackedBlocksPerWiden ? b + kPackedBlocksPerWiden : n_blocks;
    __m256i narrow[4] = {zero, zero, zero, zero};
    for (; b < end; ++b, block += BN_PACKED_BLOCK_BYTES) {
      BN_UNROLL
      for (int i = 0; i < BN_PACKED_BLOCK_BYTES; i += 64) __builtin_prefetch(block + kPackedBytesAhead + i);
      __m256i signs[2] = {load_packed(block), load_packed(block + 32)};
      __m256i low[2] = {zero, zero}, high[2] = {zero, zero};
      BN_UNROLL
      for (int t = 0; t < 8; ++t, inputs += 32) {
        const uint8_t* pairs = block + (1 + t / 2) * BN_PACKED_ROWS;
        const __m256i low_parts = load_parts(inputs), high_parts = load_parts(inputs + 16);
        BN_UNROLL
        for (int half = 0; half < 2; ++half) {
          const __m256i pair = load_packed(pairs + 32 * half);
          const __m256i patterns = t % 2 == 0 ? pair : _mm256_srli_epi16(pair, 4);
          add_triple(patterns, low_parts, high_parts, signs + half, low + half, high + half);
        }
        BN_UNROLL
        for (int half = 0; half < 2; ++half) {  // finish this triple before the next one's lookups begin
          BN_OPAQUE(low[half]);
          BN_OPAQUE(high[half]);
        }
      }
      BN_UNROLL
      for (int i = 0; i < 4; ++i) {
        const __m256i parts = i % 2 == 0 ? _mm256_unpacklo_epi8(low[i / 2], high[i / 2])
                                         : _mm256_unpackhi_epi8(low[i / 2], high[i / 2]);
        narrow[i] = _mm256_add_epi16(narrow[i], _mm256_maddubs_epi16(bases, parts));
      }
    }
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {  // rows 0..7 and 16..23, then 8..15 and 24..31, of each half
      int32_t* to = sums + i / 2 * 32 + i % 2 * 8;
      widen_sums(_mm256_castsi256_si128(narrow[i]), to);
      widen_sums(_mm256_extracti128_si256(narrow[i], 1), to + 16);
    }
  }
}

}  // namespace
