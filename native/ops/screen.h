// The arithmetic of the screened head: an 8-bit copy of a row of the head tells an interval that the
// row's logit certainly lies in. ARITHMETIC.md, "Screened head", has the formulas and why they hold.
#ifndef BITNET_OPS_SCREEN_H
#define BITNET_OPS_SCREEN_H

#include <stdint.h>

namespace bitnet {

// What is known of a row w beside its codes q: w = scale * q + residual.
struct ScreenRow {
  float scale;
  float residual_norm;  // at least ||residual||
  float norm;           // at least ||w||
};

// Codes and the rest of one row w[cols], and the sum of |q|. False when the row is not finite, or its
// norm is not: such a row has no interval.
bool screen_row(const float* w, uint64_t cols, int8_t* q, ScreenRow* row, uint32_t* code_sum);

// A head's input x[cols] in integers: x = scale * q + what is left, and what the intervals' widths need.
struct ScreenInput {
  double scale;
  double residual_factor;  // of a row's residual_norm
  double scale_factor;     // of a row's scale
  double norm_factor;      // of a row's norm
};

// The largest |q| of an input for which no sum over a row with at most this sum of |codes| reaches 2^31.
int32_t largest_screen_input(uint32_t largest_code_sum);

// Rounds x to q, at most `largest` in magnitude. False when no intervals can be told: x is not finite, or
// zero, or so large that a logit of a row whose norm is largest_norm might not be finite.
bool screen_input(const float* x, uint64_t cols, int32_t largest, float largest_norm, int16_t* q,
                  ScreenInput* input);

// lower[i] <= logit of row i <= upper[i], from the sums of code products of n rows.
void screen_intervals(const ScreenRow* rows, const ScreenInput& input, const int32_t* sums,
                      uint64_t n, float* lower, float* upper);

}  // namespace bitnet

#endif
