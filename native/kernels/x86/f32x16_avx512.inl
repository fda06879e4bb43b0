// The float vectors of the AVX-512 builds: sixteen lanes in one register.

#include "kernels/x86/totals_avx2.inl"

namespace {

inline int32_t sum_of_halves(__m256i low, __m256i high) {
  const __m256i w = _mm256_add_epi32(low, high);
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s);
}

inline float fma32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

struct IntSum {
  __m512i value;
  static IntSum zero() { return {_mm512_setzero_si512()}; }
  int32_t total() const {
    return sum_of_halves(_mm512_castsi512_si256(value), _mm512_extracti64x4_epi64(value, 1));
  }
};

struct V {
  __m512 v;

  static V zero() { return {_mm512_setzero_ps()}; }
  static V set1(float f) { return {_mm512_set1_ps(f)}; }
  static V load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static V from_int(const int32_t* p, int32_t plus) {
    return {_mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_loadu_si512(p), _mm512_set1_epi32(plus)))};
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  static V load_f16(const void* p) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p)))};
  }
  static V load_f16(const void* low, const void* high) {
    const __m128i* l = static_cast<const __m128i*>(low);
    const __m128i* h = static_cast<const __m128i*>(high);
    return {_mm512_cvtph_ps(_mm256_set_m128i(_mm_loadu_si128(h), _mm_loadu_si128(l)))};
  }
  static V load_bf16(const void* p) {
    const __m256i h = _mm256_loadu_si256(static_cast<const __m256i*>(p));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16))};
  }
  static V load_i8(const void* p) {
    const __m128i q = _mm_loadu_si128(static_cast<const __m128i*>(p));
    return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(q))};
  }
  static V broadcast_f16(const void* p) {
    int16_t h;
    __builtin_memcpy(&h, p, sizeof h);
    return {_mm512_cvtph_ps(_mm256_set1_epi16(h))};
  }
  void store_f16(uint16_t* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  static V add(V a, V b) { return {_mm512_add_ps(a.v, b.v)}; }
  static V sub(V a, V b) { return {_mm512_sub_ps(a.v, b.v)}; }
  static V mul(V a, V b) { return {_mm512_mul_ps(a.v, b.v)}; }
  static V div(V a, V b) { return {_mm512_div_ps(a.v, b.v)}; }
  static V fma(V a, V b, V c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  // The instruction is v > m ? v : m, so a NaN v gives m: the order of operands matters.
  static V max(V v, V m) { return {_mm512_max_ps(v.v, m.v)}; }
  static V abs(V a) {
    return {_mm512_castsi512_ps(
        _mm512_and_si512(_mm512_castps_si512(a.v), _mm512_set1_epi32(0x7fffffff)))};
  }
  static V negate(V a) {
    return {_mm512_castsi512_ps(_mm512_xor_si512(
        _mm512_castps_si512(a.v), _mm512_set1_epi32(static_cast<int32_t>(0x80000000u))))};
  }
  static V round_even(V a) {
    return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  }
  static V if_greater(V a, V b, V x, V y) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ), y.v, x.v)};
  }
  static V if_nan(V a, V x, V y) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, a.v, _CMP_UNORD_Q), y.v, x.v)};
  }
  // (p * 2^a) * 2^b with a = k >> 1 and b = k - a.
  static V scale_by_power(V p, V k) {
    const __m512i n = _mm512_cvtps_epi32(k.v);
    const __m512i a = _mm512_srai_epi32(n, 1), b = _mm512_sub_epi32(n, a);
    return {_mm512_mul_ps(_mm512_mul_ps(p.v, power(a)), power(b))};
  }
  // NaN gives 0: the conversion itself would give the smallest integer.
  void to_int8(int8_t* q, IntSum* sum) const {
    const __mmask16 number = _mm512_cmp_ps_mask(v, v, _CMP_ORD_Q);
    const __m512i n = _mm512_cvtps_epi32(_mm512_maskz_mov_ps(number, v));
    sum->value = _mm512_add_epi32(sum->value, n);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(q), _mm512_cvtsepi32_epi8(n));
  }
  float first() const { return _mm_cvtss_f32(_mm512_castps512_ps128(v)); }
  float fold() const {
    const __m256 high = _mm512_extractf32x8_ps(v, 1);
    const __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), high);                // w = 8
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));  // w = 4
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));                                         // w = 2
    b = _mm_add_ss(b, _mm_shuffle_ps(b, b, 1));                                     // w = 1
    return _mm_cvtss_f32(b);
  }
  static void fold_four(V a, V b, V c, V d, float* y) {
    _mm_storeu_ps(y, totals_in_order(a.halves(), b.halves(), c.halves(), d.halves()));
  }

 private:
  // Added, lanes 8 apart: the first step of fold.
  __m256 halves() const { return _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)); }
  static __m512 power(__m512i n) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
  }
};

using Part = V;
constexpr uint64_t kPartLanes = 16;
inline V whole(const Part (&p)[1]) { return p[0]; }
constexpr int kDotRows = 6, kDotTokens = 4;

struct Squares {
  __m512d low, high;
  static Squares zero() { return {_mm512_setzero_pd(), _mm512_setzero_pd()}; }
  void add(V x) {
    const __m512d a = _mm512_cvtps_pd(_mm512_castps512_ps256(x.v));
    const __m512d b = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x.v, 1));
    low = _mm512_add_pd(low, _mm512_mul_pd(a, a));
    high = _mm512_add_pd(high, _mm512_mul_pd(b, b));
  }
  void store(double* p) const {
    _mm512_storeu_pd(p, low);
    _mm512_storeu_pd(p + 8, high);
  }
};

}  // namespace
