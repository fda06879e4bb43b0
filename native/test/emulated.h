// Lets the AVX-512 builds' sources compile for a CPU without AVX-512: SIMDe imitates most of the
// intrinsics, and the ones below that it lacks are put together from AVX2. The kernels' own code is
// compiled unchanged, so its logic is tested; the real instructions are not.
#ifndef BITNET_TEST_EMULATED_H
#define BITNET_TEST_EMULATED_H

#include <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

// The imitated registers are structs, which no assembler constraint takes.
#define BN_OPAQUE(v) (void)(v)
#define BN_ADD_PAIRS(sum, x) (sum) = simde_mm512_add_epi16(sum, x)

namespace {

// Applies an AVX2 function to both halves.
#define EMULATED_HALVES(low, high) \
  simde_mm512_inserti64x4(simde_mm512_castsi256_si512(low), (high), 1)

inline __m256i emulated_high(simde__m512i a) { return simde_mm512_extracti64x4_epi64(a, 1); }
inline __m256i emulated_low(simde__m512i a) { return simde_mm512_castsi512_si256(a); }
inline simde__m512i emulated_bits(simde__m512 a) { return simde_mm512_castps_si512(a); }
inline __m256 emulated_low_ps(simde__m512 a) { return _mm256_castsi256_ps(emulated_low(emulated_bits(a))); }
inline __m256 emulated_high_ps(simde__m512 a) { return _mm256_castsi256_ps(emulated_high(emulated_bits(a))); }
inline simde__m512 emulated_ps(__m256 low, __m256 high) {
  return simde_mm512_castsi512_ps(
      EMULATED_HALVES(_mm256_castps_si256(low), _mm256_castps_si256(high)));
}

inline simde__m512 emulated_cvtph(__m256i h) {
  return emulated_ps(_mm256_cvtph_ps(_mm256_castsi256_si128(h)),
                     _mm256_cvtph_ps(_mm256_extracti128_si256(h, 1)));
}
inline __m256i emulated_cvtps_ph(simde__m512 a) {
  return _mm256_set_m128i(_mm256_cvtps_ph(emulated_high_ps(a), _MM_FROUND_TO_NEAREST_INT),
                          _mm256_cvtps_ph(emulated_low_ps(a), _MM_FROUND_TO_NEAREST_INT));
}
inline simde__m512i emulated_cvtps_epi32(simde__m512 a) {
  return EMULATED_HALVES(_mm256_cvtps_epi32(emulated_low_ps(a)),
                         _mm256_cvtps_epi32(emulated_high_ps(a)));
}
inline simde__m512i emulated_cvtepu16_epi32(__m256i h) {
  return EMULATED_HALVES(_mm256_cvtepu16_epi32(_mm256_castsi256_si128(h)),
                         _mm256_cvtepu16_epi32(_mm256_extracti128_si256(h, 1)));
}
inline simde__m512i emulated_cvtepi8_epi32(__m128i q) {
  return EMULATED_HALVES(_mm256_cvtepi8_epi32(q), _mm256_cvtepi8_epi32(_mm_srli_si128(q, 8)));
}
inline simde__m512 emulated_cvtepi32_ps(simde__m512i a) {
  return emulated_ps(_mm256_cvtepi32_ps(emulated_low(a)), _mm256_cvtepi32_ps(emulated_high(a)));
}
inline simde__m512i emulated_srai_epi32(simde__m512i a, int n) {
  return EMULATED_HALVES(_mm256_srai_epi32(emulated_low(a), n),
                         _mm256_srai_epi32(emulated_high(a), n));
}
inline simde__m512d emulated_cvtps_pd(__m256 x) {
  const __m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(x));
  const __m256d high = _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1));
  return simde_mm512_castsi512_pd(
      EMULATED_HALVES(_mm256_castpd_si256(low), _mm256_castpd_si256(high)));
}
inline __m256 emulated_extractf32x8(simde__m512 a, int which) {
  return which ? emulated_high_ps(a) : emulated_low_ps(a);
}
inline simde__m512 emulated_shuffle_f32x4(simde__m512 a, simde__m512 b, int choice) {
  __m128 from[2][4], to[4];
  __builtin_memcpy(from[0], &a, sizeof a);
  __builtin_memcpy(from[1], &b, sizeof b);
  for (int i = 0; i < 4; ++i) to[i] = from[i / 2][choice >> 2 * i & 3];
  simde__m512 chosen;
  __builtin_memcpy(&chosen, to, sizeof to);
  return chosen;
}

}  // namespace

#undef _mm512_cvtph_ps
#undef _mm512_cvtps_ph
#undef _mm512_cvtps_epi32
#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepu16_epi32
#undef _mm512_cvtepi8_epi32
#undef _mm512_srai_epi32
#undef _mm512_cvtps_pd
#undef _mm512_extractf32x8_ps
#undef _mm512_shuffle_f32x4
#undef _mm512_madd_epi16  // SIMDe 0.7.4 gives this name to another function
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)
#define _mm512_cvtph_ps(h) emulated_cvtph(h)
#define _mm512_cvtps_ph(a, rounding) emulated_cvtps_ph(a)
#define _mm512_cvtps_epi32(a) emulated_cvtps_epi32(a)
#define _mm512_cvtepi32_ps(a) emulated_cvtepi32_ps(a)
#define _mm512_cvtepu16_epi32(h) emulated_cvtepu16_epi32(h)
#define _mm512_cvtepi8_epi32(q) emulated_cvtepi8_epi32(q)
#define _mm512_srai_epi32(a, n) emulated_srai_epi32(a, n)
#define _mm512_cvtps_pd(x) emulated_cvtps_pd(x)
#define _mm512_extractf32x8_ps(a, which) emulated_extractf32x8(a, which)
#define _mm512_shuffle_f32x4(a, b, choice) emulated_shuffle_f32x4(a, b, choice)

#endif
