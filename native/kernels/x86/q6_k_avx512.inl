// Blocks of Q6_K with 512-bit registers.

#include "kernels/x86/q6_k_shared.inl"

namespace {

// As in q6_k_avx2.inl, codes are multiplied as they are, 0..63: two products stay below 2^14, and what 32 is
// too much is taken off by the sums of the inputs.
struct Q6Block {
  __m512i codes[4];   // 64 each, in the order of the elements
  __m512i scales[4];  // theirs, in 16 bits
  __m256i excess;     // -32 times the scales
  float d;

  void open(const unsigned char* p) {
    const __m256i s = _mm256_cvtepi8_epi16(load16(p + 192));
    excess = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_slli_epi16(s, 5));
    d = V::broadcast_f16(p + 208).first();
    const __m512i both = _mm512_broadcast_i64x4(s);
    // Which scale each pair of elements has.
    const __m512i of_first = halves(quarters(0, 1), quarters(2, 3));
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {
      scales[i] = _mm512_permutexvar_epi16(
          _mm512_add_epi16(of_first, _mm512_set1_epi16(static_cast<int16_t>(4 * i))), both);
    }
    const __m512i low = _mm512_set1_epi8(15), high = _mm512_set1_epi8(48);
    // The two bits of a half's first 32 elements move by other counts than those of the second 32.
    const __m512i left = halves(_mm256_set1_epi16(4), _mm256_set1_epi16(2));
    const __m512i right = halves(_mm256_setzero_si256(), _mm256_set1_epi16(2));
    const auto join = [=](__m512i x, __m512i y) {
      return _mm512_or_si512(_mm512_and_si512(x, low), _mm512_and_si512(y, high));
    };
    BN_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m512i ab = _mm512_loadu_si512(p + 64 * half);
      const __m512i c = _mm512_broadcast_i64x4(load32(p + 128 + 32 * half));
      codes[2 * half] = join(ab, _mm512_sllv_epi16(c, left));
      codes[2 * half + 1] = join(_mm512_srli_epi16(ab, 4), _mm512_srlv_epi16(c, right));
    }
  }

  float dot(const int8_t* q, const int16_t* sums) const { return float_total_of(products(q, sums)); }
  void add_four_dots(const int8_t* q, uint64_t q_stride, const int16_t* sums, uint64_t sum_stride,
                     const float* scales_of_q, float* y) const {
    const __m128 dots = _mm_cvtepi32_ps(totals_of(
        products(q, sums), products(q + q_stride, sums + sum_stride),
        products(q + 2 * q_stride, sums + 2 * sum_stride), products(q + 3 * q_stride, sums + 3 * sum_stride)));
    const __m128 scale = _mm_mul_ps(_mm_set1_ps(d), _mm_loadu_ps(scales_of_q));
    _mm_storeu_ps(y, _mm_fmadd_ps(dots, scale, _mm_loadu_ps(y)));
  }

 private:
  // Eight lanes that add up to the dot product.
  __m256i products(const int8_t* q, const int16_t* sums) const {
    __m512i sum[4];
    BN_UNROLL
    for (int i = 0; i < 4; ++i) {
      sum[i] = _mm512_madd_epi16(_mm512_maddubs_epi16(codes[i], load_q(q + 64 * i)), scales[i]);
    }
    const __m512i all = _mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]), _mm512_add_epi32(sum[2], sum[3]));
    const __m256i both = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm256_add_epi32(both, _mm256_madd_epi16(excess, load32(sums)));
  }
  static __m512i halves(__m256i low, __m256i high) {
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }
  static __m256i quarters(int16_t low, int16_t high) {
    return _mm256_inserti128_si256(_mm256_set1_epi16(low), _mm_set1_epi16(high), 1);
  }
};

}  // namespace
