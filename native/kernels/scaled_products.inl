// From a ternary product's integers to its floats (ARITHMETIC.md, "Ternary product").
#pragma once

using namespace bitnet;

namespace {

inline float scaled_product(int32_t sum, const TernaryMatrix* w, const QuantizedRows* a, uint64_t t) {
  // The weight is code - 1, so one sum of q comes off the sum of code * q.
  return (static_cast<float>(sum - a->sums[t]) / a->scales[t]) * w->scale;
}

// y[r] = the product of which sums[r] is the sum of code * q, for n rows and token t.
inline void scale_products(const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                           const int32_t* sums, uint64_t n, float* y) {
  uint64_t r = 0;
  const V scale = V::set1(a->scales[t]), weight = V::set1(w->scale);
  for (; r + 16 <= n; r += 16) {
    V::mul(V::div(V::from_int(sums + r, -a->sums[t]), scale), weight).store(y + r);
  }
  for (; r < n; ++r) y[r] = scaled_product(sums[r], w, a, t);
}

// The columns of a row that one panel of unpacked codes holds.
struct Columns {
  uint64_t begin, count;
  bool first, last;  // of the row
};

// One token's sums over some columns, on top of those before, to y: raw until the last columns are in.
inline void finish_sums(const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                        const Columns& columns, int32_t* sums, uint64_t n_rows, float* y) {
  for (uint64_t r = 0; r < n_rows && !columns.first; ++r) {
    int32_t before;
    __builtin_memcpy(&before, y + r, sizeof before);
    sums[r] += before;
  }
  if (columns.last) {
    scale_products(w, a, t, sums, n_rows, y);
  } else {
    __builtin_memcpy(y, sums, n_rows * sizeof(int32_t));
  }
}

}  // namespace
