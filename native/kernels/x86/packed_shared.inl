// What the x86 builds' sums of packed triples share; all of these builds have AVX2.
#pragma once

#include "kernels/packed_patterns.inl"

namespace {

inline void triple_parts(int8_t x0, int8_t x1, int8_t x2, int8_t* parts) {
  const auto product = [](int i, int8_t x) {
    const __m256i weights = _mm256_load_si256(reinterpret_cast<const __m256i*>(kPatterns[i]));
    return _mm256_sign_epi16(_mm256_set1_epi16(x), weights);
  };
  const __m256i v = _mm256_add_epi16(_mm256_add_epi16(product(0, x0), product(1, x1)), product(2, x2));
  // v * 1130 / 2^15, rounded, is v / kPartBase, rounded, for |v| <= 384.
  const __m256i high = _mm256_mulhrs_epi16(v, _mm256_set1_epi16(1130));
  const __m256i low = _mm256_sub_epi16(v, _mm256_mullo_epi16(high, _mm256_set1_epi16(kPartBase)));
  const __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), both);
}

// Adds eight 16-bit sums to 32-bit ones.
inline void widen_sums(__m128i narrow, int32_t* sums) {
  __m256i* to = reinterpret_cast<__m256i*>(sums);
  _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), _mm256_cvtepi16_epi32(narrow)));
}

}  // namespace
