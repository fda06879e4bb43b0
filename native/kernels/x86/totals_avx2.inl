// Totals of registers of sums, for the x86 builds, all of which have AVX2.
#pragma once

namespace {

// One of each of four registers.
inline __m128i totals_of(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  const __m256i cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
  const __m256i s = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
  return _mm_add_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
}

// The sum of x's halves, then that of y's.
inline __m256 add_halves(__m256 x, __m256 y) {
  return _mm256_add_ps(_mm256_permute2f128_ps(x, y, 0x20), _mm256_permute2f128_ps(x, y, 0x31));
}

// The same of floats, which are added in the order of V::fold's last three steps.
inline __m128 totals_in_order(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 ab = add_halves(a, b), cd = add_halves(c, d);  // w = 4
  const __m256 pairs = _mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44),
                                     _mm256_shuffle_ps(ab, cd, 0xee));  // w = 2: a c, b d
  const __m256 sums = _mm256_add_ps(_mm256_shuffle_ps(pairs, pairs, 0x88),
                                    _mm256_shuffle_ps(pairs, pairs, 0xdd));  // w = 1
  return _mm_unpacklo_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
}

}  // namespace
