// What lane_tokens.inl needs of 256-bit registers, besides what codes_avx2.inl has.

namespace {

inline __m256i load_codes(const uint8_t* codes) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(codes));
}
inline void store_codes(uint8_t* to, __m256i codes) {
  _mm256_store_si256(reinterpret_cast<__m256i*>(to), codes);
}

inline __m256i rows_apart(const uint8_t* p, uint64_t apart) {
  const auto row = [](const uint8_t* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
  return _mm256_inserti128_si256(_mm256_castsi128_si256(row(p)), row(p + apart), 1);
}

inline __m256i low_dwords(__m256i a, __m256i b) { return _mm256_unpacklo_epi32(a, b); }
inline __m256i high_dwords(__m256i a, __m256i b) { return _mm256_unpackhi_epi32(a, b); }
inline __m256i low_qwords(__m256i a, __m256i b) { return _mm256_unpacklo_epi64(a, b); }
inline __m256i high_qwords(__m256i a, __m256i b) { return _mm256_unpackhi_epi64(a, b); }

inline __m256i copies_of(const int8_t* p) {
  int32_t four;
  __builtin_memcpy(&four, p, sizeof four);
  return _mm256_set1_epi32(four);
}

inline void add_to(int32_t* p, __m256i sum) {
  __m256i* const to = reinterpret_cast<__m256i*>(p);
  _mm256_store_si256(to, _mm256_add_epi32(_mm256_load_si256(to), sum));
}

}  // namespace
