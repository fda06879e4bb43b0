// What the 256-bit builds' ternary sums share: unpacking 2-bit codes, adding up lanes.

#include "kernels/x86/totals_avx2.inl"

namespace {

// For one token: the four codes of a byte are taken with two masks from the byte itself and from the
// byte shifted by 4; the codes under mask 0x0c stay four times too large, which is undone at the end.
struct Codes {
  __m256i c0, c1, c2, c3;  // elements +0 (times 4), +32, +64 (times 4), +96
  static Codes load(const uint8_t* p) {
    const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i s = _mm256_srli_epi16(w, 4);
    const __m256i low = _mm256_set1_epi8(0x03), high = _mm256_set1_epi8(0x0c);
    return {_mm256_and_si256(s, high), _mm256_and_si256(s, low), _mm256_and_si256(w, high),
            _mm256_and_si256(w, low)};
  }
};

using Bytes = __m256i;

inline __m256i zero() { return _mm256_setzero_si256(); }

inline __m256i load_q(const int8_t* q) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(q));
}

// The codes of one of the four planes of bytes w.
inline __m256i plane_of(__m256i w, int plane) {
  return _mm256_and_si256(plane == 3 ? w : _mm256_srli_epi16(w, 6 - 2 * plane), _mm256_set1_epi8(0x03));
}

// For the screened head: 8-bit codes widened to 16 bits, whose products are added in pairs to 32 bits.
struct WideSum {
  static constexpr uint64_t kElements = 16;
  __m256i wide;

  static WideSum zero() { return {_mm256_setzero_si256()}; }
  static __m256i widened(const int8_t* codes) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)));
  }
  static __m256i inputs(const int16_t* x) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
  }
  void add(__m256i codes, __m256i x) {
    wide = _mm256_add_epi32(wide, _mm256_madd_epi16(codes, x));
    BN_OPAQUE(wide);  // or products are taken before sums, for which there are no registers
  }
  int32_t total() const { return IntSum{wide}.total(); }
};

}  // namespace
