// Unpacking of 2-bit codes for the AVX-512 builds.
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

inline int32_t sum_of(__m512i lanes) {
  return sum_of_halves(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
}

inline void unpack_block(const uint8_t* p, uint8_t* codes) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m512i mask = _mm512_set1_epi8(0x03);
  const __m512i w =
      _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_srli_epi16(bytes, 2)), bytes, 1);
  _mm512_store_si512(codes, _mm512_and_si512(_mm512_srli_epi16(w, 4), mask));
  _mm512_store_si512(codes + 64, _mm512_and_si512(w, mask));
}

inline __m512i load_q(const int8_t* q) { return _mm512_loadu_si512(q); }

}  // namespace
