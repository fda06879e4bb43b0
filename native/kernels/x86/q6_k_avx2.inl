// Blocks of Q6_K with 256-bit registers.

#include "kernels/x86/q6_k_shared.inl"

namespace {

// Codes are multiplied as they are, 0..63, because one factor of the instruction is unsigned: two
// products stay below 2^14. What 32 is too much is taken off by the sums of the inputs.
struct Q6Block {
  __m256i codes[8];   // 32 each
  __m256i in_halves;  // scales of 16 elements, in 16 bits: even groups in the lower half, odd in the upper
  __m256i excess;     // -32 times the scales, in their order
  float d;

  void open(const unsigned char* p) {
    const __m128i s = load16(p + 192);
    const __m128i halves = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    excess = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_slli_epi16(_mm256_cvtepi8_epi16(s), 5));
    in_halves = _mm256_cvtepi8_epi16(_mm_shuffle_epi8(s, halves));
    d = V::broadcast_f16(p + 208).first();
    const __m256i low = _mm256_set1_epi8(15), high = _mm256_set1_epi8(48);
    BN_UNROLL
    for (int half = 0; half < 2; ++half) {
      const __m256i a = load32(p + 64 * half), b = load32(p + 64 * half + 32);
      const __m256i c = load32(p + 128 + 32 * half);
      const auto join = [=](__m256i x, __m256i y) {
        return _mm256_or_si256(_mm256_and_si256(x, low), _mm256_and_si256(y, high));
      };
      __m256i* to = codes + 4 * half;
      to[0] = join(a, _mm256_slli_epi16(c, 4));
      to[1] = join(b, _mm256_slli_epi16(c, 2));
      to[2] = join(_mm256_srli_epi16(a, 4), c);
      to[3] = join(_mm256_srli_epi16(b, 4), _mm256_srli_epi16(c, 2));
    }
  }

  float dot(const int8_t* q, const int16_t* sums) const {
    __m256i sum = _mm256_madd_epi16(excess, load32(sums));
    BN_UNROLL
    for (int i = 0; i < 8; ++i) {
      const __m256i pairs = _mm256_maddubs_epi16(codes[i], load32(q + 32 * i));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, scales_of(i)));
    }
    return float_total_of(sum);
  }
  void add_four_dots(const int8_t* q, uint64_t q_stride, const int16_t* sums, uint64_t sum_stride,
                     const float* scales_of_q, float* y) const {
    __m256i sum[4];
    BN_UNROLL
    for (int t = 0; t < 4; ++t) sum[t] = _mm256_madd_epi16(excess, load32(sums + t * sum_stride));
    BN_UNROLL
    for (int i = 0; i < 8; ++i) {
      const __m256i scales = scales_of(i);
      BN_UNROLL
      for (int t = 0; t < 4; ++t) {
        const __m256i pairs = _mm256_maddubs_epi16(codes[i], load32(q + t * q_stride + 32 * i));
        sum[t] = _mm256_add_epi32(sum[t], _mm256_madd_epi16(pairs, scales));
        BN_OPAQUE(sum[t]);  // or products are taken before sums, for which there are no registers
      }
    }
    const __m128 dots = _mm_cvtepi32_ps(totals_of(sum[0], sum[1], sum[2], sum[3]));
    const __m128 scale = _mm_mul_ps(_mm_set1_ps(d), _mm_loadu_ps(scales_of_q));
    _mm_storeu_ps(y, _mm_fmadd_ps(dots, scale, _mm_loadu_ps(y)));
  }

 private:
  // Those of codes[i].
  __m256i scales_of(int i) const {
    const __m256i pick = _mm256_set1_epi16(static_cast<int16_t>((2 * i + 1) << 8 | 2 * i));
    return _mm256_shuffle_epi8(in_halves, pick);
  }
};

}  // namespace
