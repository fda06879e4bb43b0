// The float vectors of the AVX2 build: sixteen lanes in two registers.

#include "kernels/x86/totals_avx2.inl"

namespace {

inline float fma32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

struct IntSum {
  __m256i value;
  static IntSum zero() { return {_mm256_setzero_si256()}; }
  int32_t total() const {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
  }
};

struct V {
  __m256 lo, hi;

  static V zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static V set1(float f) { return {_mm256_set1_ps(f), _mm256_set1_ps(f)}; }
  static V load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static V from_int(const int32_t* p, int32_t plus) {
    const __m256i* x = reinterpret_cast<const __m256i*>(p);
    const __m256i d = _mm256_set1_epi32(plus);
    return {_mm256_cvtepi32_ps(_mm256_add_epi32(_mm256_loadu_si256(x), d)),
            _mm256_cvtepi32_ps(_mm256_add_epi32(_mm256_loadu_si256(x + 1), d))};
  }
  void store(float* p) const {
    _mm256_storeu_ps(p, lo);
    _mm256_storeu_ps(p + 8, hi);
  }
  static V load_f16(const void* p) {
    const __m128i* h = static_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_loadu_si128(h)), _mm256_cvtph_ps(_mm_loadu_si128(h + 1))};
  }
  static V load_f16(const void* low, const void* high) {
    return {_mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(low))),
            _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(high)))};
  }
  static V load_bf16(const void* p) {
    const __m128i* h = static_cast<const __m128i*>(p);
    return {widen_bf16(_mm_loadu_si128(h)), widen_bf16(_mm_loadu_si128(h + 1))};
  }
  static V load_i8(const void* p) {
    const __m128i* q = static_cast<const __m128i*>(p);
    const __m128i* next = reinterpret_cast<const __m128i*>(static_cast<const char*>(p) + 8);
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(q))),
            _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(next)))};
  }
  static V broadcast_f16(const void* p) {
    int16_t h;
    __builtin_memcpy(&h, p, sizeof h);
    const __m256 all = _mm256_cvtph_ps(_mm_set1_epi16(h));
    return {all, all};
  }
  void store_f16(uint16_t* p) const {
    __m128i* h = reinterpret_cast<__m128i*>(p);
    _mm_storeu_si128(h, _mm256_cvtps_ph(lo, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128(h + 1, _mm256_cvtps_ph(hi, _MM_FROUND_TO_NEAREST_INT));
  }
  static V add(V a, V b) { return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)}; }
  static V sub(V a, V b) { return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)}; }
  static V mul(V a, V b) { return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)}; }
  static V div(V a, V b) { return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)}; }
  static V fma(V a, V b, V c) {
    return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
  }
  // The instruction is v > m ? v : m, so a NaN v gives m: the order of operands matters.
  static V max(V v, V m) { return {_mm256_max_ps(v.lo, m.lo), _mm256_max_ps(v.hi, m.hi)}; }
  static V abs(V a) {
    const __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    return {_mm256_and_ps(a.lo, mask), _mm256_and_ps(a.hi, mask)};
  }
  static V negate(V a) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_xor_ps(a.lo, sign), _mm256_xor_ps(a.hi, sign)};
  }
  static V round_even(V a) {
    constexpr int mode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {_mm256_round_ps(a.lo, mode), _mm256_round_ps(a.hi, mode)};
  }
  static V if_greater(V a, V b, V x, V y) {
    return {_mm256_blendv_ps(y.lo, x.lo, _mm256_cmp_ps(a.lo, b.lo, _CMP_GT_OQ)),
            _mm256_blendv_ps(y.hi, x.hi, _mm256_cmp_ps(a.hi, b.hi, _CMP_GT_OQ))};
  }
  static V if_nan(V a, V x, V y) {
    return {_mm256_blendv_ps(y.lo, x.lo, _mm256_cmp_ps(a.lo, a.lo, _CMP_UNORD_Q)),
            _mm256_blendv_ps(y.hi, x.hi, _mm256_cmp_ps(a.hi, a.hi, _CMP_UNORD_Q))};
  }
  // (p * 2^a) * 2^b with a = k >> 1 and b = k - a.
  static V scale_by_power(V p, V k) { return {scale_half(p.lo, k.lo), scale_half(p.hi, k.hi)}; }
  // NaN gives 0: the conversion itself would give the smallest integer.
  void to_int8(int8_t* q, IntSum* sum) const {
    const __m256i a = round_or_zero(lo), b = round_or_zero(hi);
    sum->value = _mm256_add_epi32(sum->value, _mm256_add_epi32(a, b));
    // Packing works within 128-bit halves; the permutation puts the 16-bit lanes in order.
    const __m256i w = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(q),
                     _mm_packs_epi16(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
  }
  float first() const { return _mm256_cvtss_f32(lo); }
  float fold() const {
    const __m256 a = _mm256_add_ps(lo, hi);                                            // w = 8
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));     // w = 4
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));                                            // w = 2
    b = _mm_add_ss(b, _mm_shuffle_ps(b, b, 1));                                        // w = 1
    return _mm_cvtss_f32(b);
  }
  static void fold_four(V a, V b, V c, V d, float* y) {
    const __m128 sums = totals_in_order(_mm256_add_ps(a.lo, a.hi), _mm256_add_ps(b.lo, b.hi),
                                        _mm256_add_ps(c.lo, c.hi), _mm256_add_ps(d.lo, d.hi));  // w = 8
    _mm_storeu_ps(y, sums);
  }

 private:
  static __m256 widen_bf16(__m128i h) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
  }
  static __m256i round_or_zero(__m256 x) {
    const __m256 number = _mm256_cmp_ps(x, x, _CMP_ORD_Q);
    return _mm256_cvtps_epi32(_mm256_and_ps(x, number));
  }
  static __m256 power(__m256i n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
  }
  static __m256 scale_half(__m256 p, __m256 k) {
    const __m256i n = _mm256_cvtps_epi32(k);
    const __m256i a = _mm256_srai_epi32(n, 1), b = _mm256_sub_epi32(n, a);
    return _mm256_mul_ps(_mm256_mul_ps(p, power(a)), power(b));
  }
};

// One of a V's registers, and the tile of sums that fits the registers beside its factors.
struct Part {
  __m256 v;

  static Part zero() { return {_mm256_setzero_ps()}; }
  static Part load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static Part load_f16(const void* p) {
    return {_mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(p)))};
  }
  static Part load_bf16(const void* p) {
    const __m256i h = _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(h, 16))};
  }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  static Part fma(Part a, Part b, Part c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
};
constexpr uint64_t kPartLanes = 8;
inline V whole(const Part (&p)[2]) { return {p[0].v, p[1].v}; }
constexpr int kDotRows = 3, kDotTokens = 4;

struct Squares {
  __m256d lane[4];
  static Squares zero() {
    const __m256d z = _mm256_setzero_pd();
    return {{z, z, z, z}};
  }
  void add(V x) {
    add_four(&lane[0], _mm256_castps256_ps128(x.lo));
    add_four(&lane[1], _mm256_extractf128_ps(x.lo, 1));
    add_four(&lane[2], _mm256_castps256_ps128(x.hi));
    add_four(&lane[3], _mm256_extractf128_ps(x.hi, 1));
  }
  void store(double* p) const {
    for (int i = 0; i < 4; ++i) _mm256_storeu_pd(p + 4 * i, lane[i]);
  }

 private:
  static void add_four(__m256d* sum, __m128 x) {
    const __m256d wide = _mm256_cvtps_pd(x);
    *sum = _mm256_add_pd(*sum, _mm256_mul_pd(wide, wide));
  }
};

}  // namespace
