// What the x86 builds' blocks of Q6_K share; all of these builds have AVX2.
#pragma once

#include "kernels/x86/totals_avx2.inl"

namespace {

inline __m128i load16(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
inline __m256i load32(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }

inline float float_total_of(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtss_f32(_mm_cvtepi32_ps(s));
}

// Bytes with their sign flipped are 128 more; the instruction adds eight such.
inline void sums_of_16(const int8_t* q, int16_t* sums) {
  const __m128i flip = _mm_set1_epi8(-128);
  for (int i = 0; i < 16; ++i) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(q + 16 * i));
    const __m128i eights = _mm_sad_epu8(_mm_xor_si128(x, flip), _mm_setzero_si128());
    sums[i] = static_cast<int16_t>(_mm_cvtsi128_si32(eights) + _mm_extract_epi16(eights, 4) -
                                   16 * 128);
  }
}

}  // namespace
