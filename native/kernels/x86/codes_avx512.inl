// What the AVX-512 builds' ternary sums share: unpacking 2-bit codes, adding up lanes.
//
// The 32 bytes of a block are put into both halves of a register. Masked by 0x0c in the low half and
// 0x03 in the high half they hold elements +64..95 and +96..127; shifted by 4 first, elements +0..31
// and +32..63. So each register meets 64 activations that lie side by side. The low half's codes stay
// four times too large, which is undone at the end.

namespace {

struct Codes {
  __m512i first, second;  // elements 0..63 and 64..127
  static Codes load(const uint8_t* p) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m512i w = _mm512_broadcast_i64x4(bytes);
    const __m512i mask = _mm512_inserti64x4(_mm512_set1_epi8(0x0c), _mm256_set1_epi8(0x03), 1);
    return {_mm512_and_si512(_mm512_srli_epi16(w, 4), mask), _mm512_and_si512(w, mask)};
  }
};

// The sum of 32-bit lanes whose low half counts fourfold; both halves are exact.
inline int32_t total_of(__m512i lanes) {
  const __m256i zero = _mm256_setzero_si256();
  return (sum_of_halves(_mm512_castsi512_si256(lanes), zero) >> 2) +
         sum_of_halves(_mm512_extracti64x4_epi64(lanes, 1), zero);
}

// The totals of four registers: within each 128 bits first, then across them.
inline __m128i totals_of(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i s = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i w = _mm256_add_epi32(_mm512_castsi512_si256(s), _mm512_extracti64x4_epi64(s, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1));
}

// The totals of lanes[R][T] to sums, for tile_sums; R is 4 or 1.
template <int R, int T>
inline void store_totals(const __m512i* lanes, int32_t* sums, uint64_t sum_stride) {
  BN_UNROLL
  for (int t = 0; t < T; ++t) {
    if constexpr (R == 4) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + t * sum_stride),
                       totals_of(lanes[t], lanes[T + t], lanes[2 * T + t], lanes[3 * T + t]));
    } else {
      static_assert(R == 1);
      sums[t * sum_stride] = IntSum{lanes[t]}.total();
    }
  }
}

inline void unpack_block(const uint8_t* p, uint8_t* codes) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m512i mask = _mm512_set1_epi8(0x03);
  const __m512i w =
      _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_srli_epi16(bytes, 2)), bytes, 1);
  _mm512_store_si512(codes, _mm512_and_si512(_mm512_srli_epi16(w, 4), mask));
  _mm512_store_si512(codes + 64, _mm512_and_si512(w, mask));
}

using Bytes = __m512i;

inline __m512i zero() { return _mm512_setzero_si512(); }

// A panel's rows are aligned, activations need not be.
inline __m512i load_codes(const uint8_t* codes) { return _mm512_load_si512(codes); }

inline __m512i load_q(const int8_t* q) { return _mm512_loadu_si512(q); }

// For the screened head: 8-bit codes widened to 16 bits, whose products are added in pairs to 32 bits.
struct WideSum {
  static constexpr uint64_t kElements = 32;
  __m512i wide;

  static WideSum zero() { return {_mm512_setzero_si512()}; }
  static __m512i widened(const int8_t* codes) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes)));
  }
  static __m512i inputs(const int16_t* x) { return _mm512_loadu_si512(x); }
  void add(__m512i codes, __m512i x) {
    wide = _mm512_add_epi32(wide, _mm512_madd_epi16(codes, x));
  }
  int32_t total() const { return IntSum{wide}.total(); }
};

}  // namespace
