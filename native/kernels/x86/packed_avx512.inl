// Sums of packed triples with 512-bit instructions: all 64 rows of a group at a time.

#include "kernels/x86/packed_shared.inl"

namespace {

inline __m512i load_packed(const uint8_t* p) { return _mm512_loadu_si512(p); }

inline __m512i load_parts(const int8_t* p) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

BN_NO_INLINE void packed_sums(const uint8_t* block, uint64_t n_blocks, const int8_t* inputs,
                              int32_t* sums) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i bases = _mm512_set1_epi16(kPartBase << 8 | 1);  // of the low and the high parts, in turns
  for (int r = 0; r < BN_PACKED_ROWS; ++r) sums[r] = 0;
  for (uint64_t b = 0; b < n_blocks;) {
    const uint64_t end = n_blocks - b > kPackedBlocksPerWiden ? b + kPackedBlocksPerWiden : n_blocks;
    __m512i narrow[2] = {zero, zero};
    for (; b < end; ++b, block += BN_PACKED_BLOCK_BYTES) {
      BN_UNROLL
      for (int i = 0; i < BN_PACKED_BLOCK_BYTES; i += 64) __builtin_prefetch(block + kPackedBytesAhead + i);
      __m512i signs = load_packed(block), low = zero, high = zero;
      BN_UNROLL
      for (int t = 0; t < 8; ++t, inputs += 32) {
        const __m512i pair = load_packed(block + (1 + t / 2) * BN_PACKED_ROWS);
        const __m512i patterns = t % 2 == 0 ? pair : _mm512_srli_epi16(pair, 4);
        const __m512i index = _mm512_and_si512(patterns, _mm512_set1_epi8(15));
        // A triple's sign is the highest bit, to which the next one moves up.
        const __m512i negative = _mm512_movm_epi8(_mm512_movepi8_mask(signs));
        signs = _mm512_add_epi8(signs, signs);
        const __m512i low_part = _mm512_shuffle_epi8(load_parts(inputs), index);
        const __m512i high_part = _mm512_shuffle_epi8(load_parts(inputs + 16), index);
        low = _mm512_add_epi8(low, _mm512_xor_si512(low_part, negative));
        high = _mm512_add_epi8(high, _mm512_xor_si512(high_part, negative));
      }
      narrow[0] = _mm512_add_epi16(narrow[0], _mm512_maddubs_epi16(bases, _mm512_unpacklo_epi8(low, high)));
      narrow[1] = _mm512_add_epi16(narrow[1], _mm512_maddubs_epi16(bases, _mm512_unpackhi_epi8(low, high)));
    }
    BN_UNROLL
    for (int i = 0; i < 2; ++i) {  // rows 0..7, 16..23, 32..39 and 48..55, then those between
      const __m256i rows = _mm512_castsi512_si256(narrow[i]), others = _mm512_extracti64x4_epi64(narrow[i], 1);
      widen_sums(_mm256_castsi256_si128(rows), sums + i * 8);
      widen_sums(_mm256_extracti128_si256(rows, 1), sums + i * 8 + 16);
      widen_sums(_mm256_castsi256_si128(others), sums + i * 8 + 32);
      widen_sums(_mm256_extracti128_si256(others, 1), sums + i * 8 + 48);
    }
  }
}

}  // namespace
