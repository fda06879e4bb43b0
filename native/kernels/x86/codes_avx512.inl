// What the AVX-512 builds' ternary sums share: unpacking 2-bit codes, adding up lanes.
//
// For one token the 32 bytes of a block are put into both halves of a register. Masked by 0x0c in the low half and
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

using Bytes = __m512i;

inline __m512i zero() { return _mm512_setzero_si512(); }

inline __m512i load_q(const int8_t* q) { return _mm512_loadu_si512(q); }

// ---- several tokens, see lane_tokens.inl ----

inline __m512i load_codes(const uint8_t* codes) { return _mm512_load_si512(codes); }
inline void store_codes(uint8_t* to, __m512i codes) { _mm512_store_si512(to, codes); }

inline __m512i rows_apart(const uint8_t* p, uint64_t apart) {
  const auto row = [](const uint8_t* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
  __m512i rows = _mm512_castsi128_si512(row(p));
  rows = _mm512_inserti32x4(rows, row(p + apart), 1);
  rows = _mm512_inserti32x4(rows, row(p + 2 * apart), 2);
  return _mm512_inserti32x4(rows, row(p + 3 * apart), 3);
}

inline __m512i low_dwords(__m512i a, __m512i b) { return _mm512_unpacklo_epi32(a, b); }
inline __m512i high_dwords(__m512i a, __m512i b) { return _mm512_unpackhi_epi32(a, b); }
inline __m512i low_qwords(__m512i a, __m512i b) { return _mm512_unpacklo_epi64(a, b); }
inline __m512i high_qwords(__m512i a, __m512i b) { return _mm512_unpackhi_epi64(a, b); }

inline __m512i copies_of(const int8_t* p) {
  int32_t four;
  __builtin_memcpy(&four, p, sizeof four);
  return _mm512_set1_epi32(four);
}

inline __m512i plane_of(__m512i w, int plane) {
  return _mm512_and_si512(plane == 3 ? w : _mm512_srli_epi16(w, 6 - 2 * plane), _mm512_set1_epi8(0x03));
}

inline void add_to(int32_t* p, __m512i sum) {
  _mm512_store_si512(p, _mm512_add_epi32(_mm512_load_si512(p), sum));
}

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
